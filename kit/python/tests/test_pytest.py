"""The fixtures, in runs of pytest of their own."""

import json
import os
import sys

import pytest

import afterhours_test

EIGHT = """
import os, pathlib, pytest

@pytest.mark.parametrize("number", range(8))
def test(afterhours, afterhours_tenant, number):
    assert afterhours_tenant.requests() == []
    afterhours_tenant.put({"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "monday", "duration": f"PT{number}H"})
    afterhours_tenant.fail("throttled")
    assert afterhours_tenant.get("monday")["duration"] == ("PT0S" if number == 0 else f"PT{number}H")
    assert len(afterhours_tenant.requests()) == 1
    pathlib.Path(f"{number}.seen").write_text(f"{os.environ['PYTEST_XDIST_WORKER']} {afterhours.url} {afterhours_tenant.id}")
"""


def run_eight(pytester):
    """Runs eight tests in two workers. Returns the workers, servers and tenants."""
    pytester.makepyfile(EIGHT)
    pytester.runpytest_subprocess("-n", "2").assert_outcomes(passed=8)
    seen = [file.read_text().split() for file in pytester.path.glob("*.seen")]
    return [set(column) for column in zip(*seen, strict=True)]


def test_each_worker_has_a_server(pytester):
    workers, servers, tenants = run_eight(pytester)
    assert len(servers) == len(workers) and len(tenants) == 8


def test_workers_share_a_running_server(pytester, afterhours, monkeypatch):
    monkeypatch.setenv("AFTERHOURS_URL", afterhours.url)
    monkeypatch.setenv("AFTERHOURS_CONTROL_TOKEN", afterhours.control.token)
    _, servers, tenants = run_eight(pytester)
    assert servers == {afterhours.url} and len(tenants) == 8


def test_workers_below_exec(pytester):
    pytester.makepyfile(EIGHT)
    command = [os.environ["AFTERHOURS_BIN"], "exec", "--tls-dev", "--", sys.executable, "-m", "pytest", "-n", "2"]
    assert pytester.run(*command).ret == 0
    assert len({file.read_text().split()[1] for file in pytester.path.glob("*.seen")}) == 1


def test_options(pytester):
    pytester.makeconftest("""
        import pytest

        @pytest.fixture(scope="session")
        def afterhours_options():
            return {"tls": True}
    """)
    pytester.makepyfile("""
        def test(afterhours):
            assert afterhours.url.startswith("https://")
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_failed_test_leaves_nothing(pytester, afterhours, monkeypatch):
    monkeypatch.setenv("AFTERHOURS_URL", afterhours.url)
    monkeypatch.setenv("AFTERHOURS_CONTROL_TOKEN", afterhours.control.token)
    pytester.makepyfile("""
        def test(afterhours_tenant):
            afterhours_tenant.put({"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "monday"})
            with open("owner.json", "w") as file:
                file.write('["%s", "%s"]' % (afterhours_tenant.id, afterhours_tenant.user))
            assert False
    """)
    pytester.runpytest_subprocess().assert_outcomes(failed=1)
    tenant = afterhours.tenant(*json.loads((pytester.path / "owner.json").read_text()))
    with pytest.raises(afterhours_test.AfterhoursError) as caught:
        tenant.get("monday")
    assert caught.value.status == 404


def test_the_program_is_missing(pytester, monkeypatch):
    monkeypatch.setenv("AFTERHOURS_BIN", "/missing/afterhours")
    pytester.makepyfile("def test(afterhours_tenant): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("E *The program /missing/afterhours cannot be run: * Is AFTERHOURS_BIN right?")
