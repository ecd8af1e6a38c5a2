"""The server, the tenant and their errors, without an SDK."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from threading import Timer

import httpx
import pytest

import afterhours_test
from afterhours_test import AfterhoursError
from afterhours_test.control.api.clock import set_clock
from afterhours_test.control.models import ClockUpdate

ROW = {"@odata.type": "#microsoft.graph.focusActivityStatistics", "id": "monday", "duration": "PT2H"}
SECOND = timedelta(seconds=1)


def read(tenant, token=None, path="/me/analytics/activityStatistics"):
    headers = {"Authorization": f"Bearer {token or tenant.token()}"}
    return httpx.get(f"{tenant.server.url}/beta{path}", headers=headers, verify=tenant.server.verify)


def test_put_replaces(afterhours_tenant):
    afterhours_tenant.put(ROW, {**ROW, "id": "tuesday"})
    afterhours_tenant.put({**ROW, "duration": "PT3H"})
    assert afterhours_tenant.get("monday")["duration"] == "PT3H"
    assert afterhours_tenant.get("tuesday")["duration"] == "PT2H"


def test_put_for_another_user(afterhours_tenant):
    other = "48d31887-5fad-4d73-a9f5-3c356e68a038"
    afterhours_tenant.put(ROW, user=other)
    assert afterhours_tenant.get("monday", user=other)["duration"] == "PT2H"
    with pytest.raises(AfterhoursError) as caught:
        afterhours_tenant.get("monday")
    assert caught.value.status == 404


def test_a_wrong_statistic_is_named(afterhours_tenant):
    with pytest.raises(AfterhoursError, match=r"statistic 2, duration: 'duration' is 'long'"):
        afterhours_tenant.put(ROW, {**ROW, "id": "tuesday", "duration": "long"})


def test_tokens(afterhours_tenant):
    t = afterhours_tenant
    assert read(t).status_code == 200
    assert read(t, t.token(scopes=["Analytics.Read"])).status_code == 200
    assert read(t, t.token(scopes=["User.Read"])).status_code == 403
    assert read(t, t.token(expires_in=-SECOND)).status_code == 401
    assert read(t, t.token(not_before=datetime.now(timezone.utc) + timedelta(hours=1))).status_code == 401
    assert read(t, t.token(audience="api://another")).status_code == 401
    app = t.token(user="f6a2c1de-0b3c-4a58-9d0e-5b7a1f0c9e11", roles=["Analytics.Read.All"])
    assert read(t, app, f"/users/{t.user}/analytics/activityStatistics").status_code == 200
    assert read(t, t.token(upn="alex@example.com"), "/users/alex@example.com/analytics/activityStatistics").status_code == 200


def test_a_wrong_token_is_named(afterhours_tenant):
    with pytest.raises(AfterhoursError, match="roles: A token has either scopes"):
        afterhours_tenant.token(scopes=["Analytics.Read"], roles=["Analytics.Read.All"])


def test_snapshots(afterhours_tenant):
    afterhours_tenant.put(ROW)
    with afterhours_tenant.snapshot() as snapshot:
        afterhours_tenant.reset()
        snapshot.restore()
        assert afterhours_tenant.get("monday")["duration"] == "PT2H"
        afterhours_tenant.put({**ROW, "duration": "PT5H"})
    assert afterhours_tenant.get("monday")["duration"] == "PT2H"


def test_snapshots_end_with_the_tenant(afterhours):
    with afterhours.tenant() as tenant:
        snapshot = tenant.snapshot()
    with pytest.raises(AfterhoursError) as caught:
        snapshot.restore()
    assert caught.value.status == 404


def test_requests(afterhours_tenant):
    assert read(afterhours_tenant).status_code == 200
    assert read(afterhours_tenant, path="/me/analytics/activityStatistics/none").status_code == 404
    assert [r.status for r in afterhours_tenant.requests(user=afterhours_tenant.user)] == [200, 404]
    assert [r.method for r in afterhours_tenant.requests(route="/me/analytics/activityStatistics")] == ["GET"]
    assert afterhours_tenant.requests(method="POST") == []
    (missing,) = afterhours_tenant.requests(status=404)
    assert "There is no statistic 'none'" in missing.not_found


def test_requests_are_waited_for(afterhours_tenant):
    Timer(0.2, read, [afterhours_tenant]).start()
    assert len(afterhours_tenant.requests(count=1, wait=30 * SECOND)) == 1
    began = time.monotonic()
    assert len(afterhours_tenant.requests(count=2, wait=timedelta(seconds=0.2))) == 1
    assert time.monotonic() - began >= 0.2


def test_a_rule(afterhours_tenant):
    rule = {"match": {"method": "GET"}, "skip": 1, "answer": {"status": 503, "retryAfter": 2.5}}
    fault = afterhours_tenant.fail(rule, times=1)
    assert fault.rule.match.tenant == afterhours_tenant.id and fault.rule.times == 1
    responses = [read(afterhours_tenant) for _ in range(3)]
    assert [response.status_code for response in responses] == [200, 503, 200]
    assert responses[1].headers["Retry-After"] == "2.5"
    assert [r.faults for r in afterhours_tenant.requests(status=503)] == [[fault.id]]


def test_a_rule_is_for_its_tenant_alone(afterhours_tenant):
    afterhours_tenant.fail("unavailable", match={"tenant": "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"})
    with afterhours_tenant.server.tenant() as other:
        assert read(other).status_code == 200
    assert read(afterhours_tenant).status_code == 503
    afterhours_tenant.put(ROW)  # neither put nor get fails
    assert afterhours_tenant.get("monday")["duration"] == "PT2H"
    afterhours_tenant.reset()
    assert read(afterhours_tenant).status_code == 200


def test_a_wrong_rule_is_named(afterhours_tenant):
    with pytest.raises(AfterhoursError, match="timse"):
        afterhours_tenant.fail({"answer": {"status": 503}, "timse": 1})
    with pytest.raises(AfterhoursError, match="answer"):
        afterhours_tenant.fail({"answer": {"status": 200}})


def test_the_clock():
    with afterhours_test.start() as server, server.tenant() as tenant:
        token = tenant.token(expires_in=timedelta(hours=1))
        assert read(tenant, token).status_code == 200
        now = server.advance(timedelta(hours=2))
        assert timedelta(hours=1.9) < now - datetime.now(timezone.utc) < timedelta(hours=2.1)
        assert read(tenant, token).status_code == 401
        server.advance(timedelta(hours=-2))
        assert read(tenant, token).status_code == 200
        # All else that the control API can do is in the generated client.
        set_clock.sync(client=server.control, body=ClockUpdate(now=now))
        assert server.advance(timedelta(microseconds=1)) == now + timedelta(microseconds=1)


def test_seed_and_demo(tmp_path):
    seed = tmp_path / "weeks.jsonl"
    with seed.open("wb") as file:
        subprocess.run([os.environ["AFTERHOURS_BIN"], "generate", "--users", "1", "--weeks", "1"], stdout=file, check=True)
    seeded = json.loads(seed.read_text().splitlines()[0])
    with afterhours_test.start(seed=seed, demo=True) as server:
        for user in seeded["user"], "48d31887-5fad-4d73-a9f5-3c356e68a038":
            with server.tenant("7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63", user) as tenant:
                assert read(tenant, path="/me/analytics/activityStatistics/$count").text == "35"


def test_no_program(monkeypatch, tmp_path):
    monkeypatch.delenv("AFTERHOURS_BIN")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AfterhoursError, match="not on PATH. Install it, or set AFTERHOURS_BIN"):
        afterhours_test.start()
    with pytest.raises(AfterhoursError, match="missing cannot be run: .*No such file"):
        afterhours_test.start(program=tmp_path / "missing")


def test_the_program_on_path(monkeypatch, tmp_path):
    (tmp_path / "afterhours").symlink_to(os.environ["AFTERHOURS_BIN"])
    monkeypatch.delenv("AFTERHOURS_BIN")
    monkeypatch.setenv("PATH", str(tmp_path))
    afterhours_test.start().close()


def test_a_server_that_does_not_start(tmp_path):
    with pytest.raises(AfterhoursError, match=r"exits with 1: .*\n(.*\n)*.*there is no file .*missing"):
        afterhours_test.start(seed=tmp_path / "missing")


def test_a_running_server(afterhours, monkeypatch):
    monkeypatch.setenv("AFTERHOURS_URL", afterhours.url + "/")
    monkeypatch.setenv("AFTERHOURS_CONTROL_TOKEN", afterhours.control.token)
    with afterhours_test.start() as server, server.tenant() as tenant:
        assert server.url == afterhours.url
        assert read(tenant).status_code == 200
    assert read(afterhours.tenant()).status_code == 200  # it is not ended
    with pytest.raises(AfterhoursError, match="has its own tls, seed, demo, program and flags"):
        afterhours_test.start(demo=True)
    monkeypatch.setenv("AFTERHOURS_CONTROL_TOKEN", "e30.e30.e30")
    with pytest.raises(AfterhoursError, match="AFTERHOURS_CONTROL_TOKEN must be the controlToken .*401"):
        afterhours_test.start()
    monkeypatch.delenv("AFTERHOURS_CONTROL_TOKEN")
    with pytest.raises(AfterhoursError, match="AFTERHOURS_CONTROL_TOKEN must be the controlToken .*401"):
        afterhours_test.start()


def test_a_running_server_with_tls(monkeypatch):
    with afterhours_test.start(tls=True) as first:
        monkeypatch.setenv("AFTERHOURS_URL", first.url)
        monkeypatch.setenv("AFTERHOURS_CONTROL_TOKEN", first.control.token)
        with pytest.raises(AfterhoursError, match="CERTIFICATE_VERIFY_FAILED"):
            afterhours_test.start()
        monkeypatch.setenv("AFTERHOURS_CA_FILE", first.ca_file)
        with afterhours_test.start(tls=True) as server, server.tenant() as tenant:
            assert read(tenant).status_code == 200
        monkeypatch.setenv("AFTERHOURS_CA_FILE", "/missing/ca.pem")
        with pytest.raises(AfterhoursError, match="AFTERHOURS_CA_FILE, /missing/ca.pem, cannot be read"):
            afterhours_test.start()


def test_a_running_server_without_control(monkeypatch, tmp_path):
    ready = tmp_path / "ready.json"
    command = [os.environ["AFTERHOURS_BIN"], "serve", "--addr", "127.0.0.1:0", "--store", "memory"]
    server = subprocess.Popen([*command, "--ready-file", ready], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not ready.exists():
            time.sleep(0.01)
        monkeypatch.setenv("AFTERHOURS_URL", json.loads(ready.read_text())["url"])
        monkeypatch.setenv("AFTERHOURS_CONTROL_TOKEN", "e30.e30.e30")
        with pytest.raises(AfterhoursError, match="It must run with --control, .*404"):
            afterhours_test.start()
    finally:
        server.terminate()
        server.wait()


def test_no_running_server(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("AFTERHOURS_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AFTERHOURS_CONTROL_TOKEN", "e30.e30.e30")
    with pytest.raises(AfterhoursError, match=f"The server at http://127.0.0.1:{port} cannot be steered.*refused"):
        afterhours_test.start()


def test_the_server_ends_with_the_process():
    code = "import afterhours_test, time; print(afterhours_test.start().url, flush=True); time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    url = parent.stdout.readline().strip()
    assert httpx.get(url + "/readyz").status_code == 200
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 30
    with pytest.raises(httpx.ConnectError):
        while time.monotonic() < end:
            httpx.get(url + "/readyz")
            time.sleep(0.05)


def test_a_forked_child_does_not_keep_the_server():
    server = afterhours_test.start()
    child = os.fork()  # it has the pipe to the server as well
    if child == 0:
        time.sleep(60)
        os._exit(0)
    try:
        began = time.monotonic()
        server.close()
        assert time.monotonic() - began < 9  # after 10 s it would be killed
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
