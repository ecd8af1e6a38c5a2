"""How long a start and a reset take. The best of several counts, because other work may slow down the machine."""

import time

import afterhours_test


def milliseconds(work):
    """Returns how long it takes, and what it returns."""
    began = time.perf_counter()
    result = work()
    return (time.perf_counter() - began) * 1000, result


def test_start(capsys):
    taken = []
    for _ in range(20):
        took, server = milliseconds(afterhours_test.start)
        taken.append(took)
        server.close()
    with capsys.disabled():
        print(f"\na start takes {min(taken):.0f} to {max(taken):.0f} ms")
    assert min(taken) < 200


def test_reset(afterhours_tenant, capsys):
    row = {"@odata.type": "#microsoft.graph.callActivityStatistics", "duration": "PT1H"}
    rows = [{**row, "id": f"statistic-{i}"} for i in range(1000)]
    taken = []
    for _ in range(20):
        afterhours_tenant.put(*rows)
        assert afterhours_tenant.get("statistic-999")["duration"] == "PT1H"
        took, _ = milliseconds(afterhours_tenant.reset)
        taken.append(took)
    with capsys.disabled():
        print(f"\na reset of 1,000 statistics takes {min(taken):.1f} to {max(taken):.1f} ms")
    assert min(taken) < 20
