"""The server throttles a tenant that no other test uses. The control API mints its token and says what came."""

import asyncio
import datetime
import os
import uuid

import httpx
import pytest
from test_graph import URL, connect

pytestmark = pytest.mark.skipif("AFTERHOURS_CONTROL_TOKEN" not in os.environ, reason="the server has no control API")


def control(method, path, body=None):
    headers = {"Authorization": "Bearer " + os.environ["AFTERHOURS_CONTROL_TOKEN"]}
    response = httpx.request(method, URL + "/control" + path, json=body, headers=headers)
    response.raise_for_status()
    return response.json()


async def test_a_throttled_request_is_sent_again_after_retry_after():
    tenant = str(uuid.uuid4())
    token = control("POST", "/tokens", {"tenant": tenant})["token"]
    control("POST", "/faults", {"match": {"tenant": tenant}, "throttle": {"units": 1, "unitsPer": "PT2S"}})
    statistics = connect(token).me().analytics.activity_statistics
    pages = await asyncio.gather(statistics.get(), statistics.get())
    assert [page.value for page in pages] == [[], []]

    sent = control("GET", f"/requests?tenant={tenant}&count=3")["value"]
    assert sorted(one["status"] for one in sent) == [200, 200, 429]
    throttled = next(one for one in sent if one["status"] == 429)
    again = next(one for one in sent if one["headers"].get("Retry-Attempt") == "1")
    waited = datetime.datetime.fromisoformat(again["time"]) - datetime.datetime.fromisoformat(throttled["time"])
    assert waited >= datetime.timedelta(seconds=1), "it did not wait"
