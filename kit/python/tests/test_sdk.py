"""What tests of an application do: the official SDK against a server and a tenant of the kit."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from graph import CallActivityStatistics, Tokens, call, connect, if_match, statistics
from msgraph_beta.generated.models.analytics_activity_type import AnalyticsActivityType
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

import afterhours_test

ITEM = "/me/analytics/activityStatistics/{activityStatistics-id}"
ROW = {"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "monday", "duration": "PT1H"}
UTC = CallActivityStatistics(time_zone_used="UTC")


async def test_created(afterhours_tenant):
    await statistics(afterhours_tenant).post(call("created"))
    stored = afterhours_tenant.get("created")
    assert (stored["duration"], stored["startDate"]) == ("PT1H30M", "2019-06-16")
    (request,) = afterhours_tenant.requests(method="POST")
    assert request.status == 201 and "kiota-python" in request.headers["User-Agent"]


async def test_the_documented_patch(afterhours_tenant):
    afterhours_tenant.put(ROW)
    change = CallActivityStatistics(
        activity=AnalyticsActivityType.Call,
        start_date=date(2019, 6, 18),
        end_date=date(2019, 6, 19),
        time_zone_used="Time Zone Used value",
        additional_data={"duration": "-PT1M55.0810357S", "afterHours": "-PT1M34.3242013S"},  # a timedelta has no 100 ns
    )
    await statistics(afterhours_tenant).by_activity_statistics_id("monday").patch(change)
    stored = afterhours_tenant.get("monday")
    assert (stored["duration"], stored["afterHours"]) == ("-PT1M55.0810357S", "-PT1M34.3242013S")
    assert (stored["startDate"], stored["timeZoneUsed"]) == ("2019-06-18", "Time Zone Used value")


async def test_412(afterhours_tenant):
    afterhours_tenant.put(ROW)
    tag = afterhours_tenant.get("monday")["@odata.etag"]
    item = statistics(afterhours_tenant).by_activity_statistics_id("monday")
    await item.patch(UTC, if_match(tag))
    with pytest.raises(ODataError) as caught:
        await item.patch(CallActivityStatistics(time_zone_used="CET"), if_match(tag))
    assert caught.value.response_status_code == 412
    assert afterhours_tenant.get("monday")["timeZoneUsed"] == "UTC"


async def test_throttled_and_retried(afterhours_tenant):
    afterhours_tenant.put(ROW)
    afterhours_tenant.fail("throttled", times=1, match={"method": "PATCH"})
    await statistics(afterhours_tenant).by_activity_statistics_id("monday").patch(UTC)
    tries = afterhours_tenant.requests(route=ITEM, method="PATCH")
    assert [request.status for request in tries] == [429, 200]
    assert [request.headers.additional_properties.get("Retry-Attempt") for request in tries] == [None, "1"]
    assert tries[1].time - tries[0].time >= timedelta(seconds=1)  # Retry-After
    assert len(tries[0].faults) == 1 and not tries[1].faults


async def test_throttled_in_a_batch(afterhours_tenant):
    afterhours_tenant.put(ROW)
    afterhours_tenant.fail("throttled", times=1, match={"method": "PATCH"})
    client = connect(afterhours_tenant)
    item = client.me().analytics.activity_statistics.by_activity_statistics_id("monday")

    async def send():
        content = BatchRequestContent()
        content.add_request("read", BatchRequestItem(item.to_get_request_information(), id="read"))
        content.add_request("write", BatchRequestItem(item.to_patch_request_information(UTC), id="write"))
        answer = await BatchRequestBuilder(client.request_adapter, {"XXX": ODataError}).post(content)
        return answer.get_response_status_codes()

    # The SDK does not retry an item. That is for the code under test.
    assert await send() == {"read": 200, "write": 429}
    assert afterhours_tenant.get("monday")["timeZoneUsed"] is None
    assert await send() == {"read": 200, "write": 200}
    assert [r.status for r in afterhours_tenant.requests(route="/$batch")] == [200, 200]
    assert [r.status for r in afterhours_tenant.requests(route=ITEM, method="PATCH")] == [429, 200]


async def test_claims_challenge(afterhours_tenant):
    afterhours_tenant.put(ROW)
    tokens = Tokens(afterhours_tenant, cae=True)
    first = tokens.token
    afterhours_tenant.fail("cae")
    read = await statistics(afterhours_tenant, tokens).by_activity_statistics_id("monday").get()
    assert read.duration == timedelta(hours=1)
    (challenge,) = tokens.challenges
    assert challenge["access_token"]["nbf"]["essential"] is True
    assert tokens.token != first
    assert [r.status for r in afterhours_tenant.requests(route=ITEM, method="GET")] == [401, 200]


async def test_over_tls():
    with afterhours_test.start(tls=True) as server, server.tenant() as tenant:
        assert server.url.startswith("https://")
        await statistics(tenant).post(call("encrypted"))
        assert tenant.get("encrypted")["duration"] == "PT1H30M"


@pytest.mark.parametrize("before", ["put", "fail", "requests"])
def test_reset_between_tests(afterhours, before):
    """Each of the three finds nothing of the ones before it, in one and the same tenant."""
    with afterhours.tenant("6a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63", "0f8fad5b-d9cb-469f-a165-70867728950e") as tenant:
        assert tenant.requests() == []
        with pytest.raises(afterhours_test.AfterhoursError, match="There is no statistic 'monday'"):
            tenant.get("monday")
        asyncio.run(statistics(tenant).post(call("monday")))  # fails if a rule is left
        tenant.fail("unavailable")


def test_eight_at_the_same_time(afterhours):
    """Eight tests with the same ids and a rule each, which differ in all that they expect."""
    together = threading.Barrier(8)

    async def work(tenant, number):
        items = statistics(tenant)
        for i in range(number, 8):
            await items.post(call(f"statistic-{i}"))
        if number % 2:
            tenant.fail("throttled", times=1, match={"method": "PATCH"})
        await items.by_activity_statistics_id("statistic-7").patch(CallActivityStatistics(time_zone_used=f"Zone {number}"))
        return len((await items.get()).value)

    def test(number):
        with afterhours.tenant() as tenant:
            together.wait(60)
            assert asyncio.run(work(tenant, number)) == 8 - number
            assert tenant.get("statistic-7")["timeZoneUsed"] == f"Zone {number}"
            assert [r.status for r in tenant.requests(method="POST")] == [201] * (8 - number)
            assert [r.status for r in tenant.requests(method="PATCH")] == ([429, 200] if number % 2 else [200])
            tenant.reset()
            together.wait(60)
            assert tenant.requests() == []
        return number

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(test, range(8))) == list(range(8))
