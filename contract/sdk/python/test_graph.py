"""The beta SDK for Python, unmodified, against Afterhours over http."""

import datetime
import os

import pytest
from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_http.middleware.options import HeadersInspectionHandlerOption, ResponseHandlerOption
from msgraph_beta import GraphRequestAdapter, GraphServiceClient
from msgraph_beta.generated.models.analytics_activity_type import AnalyticsActivityType
from msgraph_beta.generated.models.call_activity_statistics import CallActivityStatistics
from msgraph_beta.generated.models.focus_activity_statistics import FocusActivityStatistics
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.settings import Settings
from msgraph_beta.generated.models.user_analytics import UserAnalytics
from msgraph_beta.generated.users.item.analytics.activity_statistics.activity_statistics_request_builder import (
    ActivityStatisticsRequestBuilder,
)
from msgraph_beta.generated.users.item.analytics.analytics_request_builder import AnalyticsRequestBuilder
from msgraph_core import PageIterator
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

URL = os.environ["AFTERHOURS_URL"]
ERRORS = {"XXX": ODataError}


class Token(AccessTokenProvider):
    """A token as it is, for any host. (Azure's credentials work too, over https.)"""

    def __init__(self, token):
        self.token = token

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return self.token

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


def connect(token):
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Token(token)))
    adapter.base_url = URL + "/beta"
    return GraphServiceClient(request_adapter=adapter)


@pytest.fixture
def client():
    return connect(os.environ["AFTERHOURS_TOKEN"])


@pytest.fixture
def statistics(client):
    return client.me().analytics.activity_statistics


def call(id, **more):
    values = {
        "id": id,
        "activity": AnalyticsActivityType.Call,
        "start_date": datetime.date(2019, 6, 16),
        "end_date": datetime.date(2019, 6, 17),
        "time_zone_used": "Pacific Standard Time",
        "duration": datetime.timedelta(hours=1, minutes=30),
        "after_hours": datetime.timedelta(seconds=30),
    }
    return CallActivityStatistics(**(values | more))


def query(**options):
    parameters = ActivityStatisticsRequestBuilder.ActivityStatisticsRequestBuilderGetQueryParameters(**options)
    return RequestConfiguration(query_parameters=parameters)


async def refusal(request, status):
    """The error of a request that must be refused."""
    with pytest.raises(ODataError) as caught:
        await request
    error = caught.value
    assert error.response_status_code == status, error
    assert error.error.code and error.error.message
    assert error.error.inner_error.request_id
    return error.error


async def test_list_the_demo_week(statistics):
    page = await statistics.get(query(top=1000))
    demo = [s for s in page.value if s.time_zone_used == "Pacific Standard Time" and s.start_date.year > 2019]
    assert len(demo) == 35
    for s in demo:
        assert s.odata_type == f"#microsoft.graph.{s.activity.value.lower()}ActivityStatistics"
        # The one that is negative is Graph's own example, and this SDK reads it as None.
        assert isinstance(s.duration, datetime.timedelta) or s.activity == AnalyticsActivityType.Call
    assert [s.duration for s in demo].count(None) == 1
    focus = [s for s in demo if isinstance(s, FocusActivityStatistics)]
    assert sum((s.duration for s in focus), datetime.timedelta()) == datetime.timedelta(hours=10)


async def test_create_read_delete(statistics):
    created = await statistics.post(call("python-crud"))
    assert created.id == "python-crud"
    read = await statistics.by_activity_statistics_id("python-crud").get()
    assert read.duration == datetime.timedelta(hours=1, minutes=30)
    assert read.after_hours == datetime.timedelta(seconds=30)
    assert read.start_date == datetime.date(2019, 6, 16)
    assert read.activity == AnalyticsActivityType.Call
    assert await statistics.by_activity_statistics_id("python-crud").delete() is None
    await refusal(statistics.by_activity_statistics_id("python-crud").get(), 404)


async def test_the_documented_patch(statistics):
    # A timedelta has microseconds, and this SDK reads negative durations as None: its
    # users see that they were accepted, not what they are. Text goes through
    # additional_data, exact to the last digit, if the typed property is not set.
    await statistics.post(call("python-patch"))
    item = statistics.by_activity_statistics_id("python-patch")
    change = CallActivityStatistics(
        activity=AnalyticsActivityType.Call,
        start_date=datetime.date(2019, 6, 18),
        end_date=datetime.date(2019, 6, 19),
        time_zone_used="Time Zone Used value",
        additional_data={"duration": "-PT1M55.0810357S", "afterHours": "-PT1M34.3242013S"},
    )
    updated = await item.patch(change)
    assert updated.time_zone_used == "Time Zone Used value"
    assert updated.end_date == datetime.date(2019, 6, 19)
    assert updated.duration is None  # the SDK's limit; the next line reads what is stored
    assert await raw(item) == {"duration": "-PT1M55.0810357S", "afterHours": "-PT1M34.3242013S"}

    # With the sign in front the SDK's own form of a timedelta is "-1 day, 23:58:04.918964".
    await item.patch(CallActivityStatistics(duration=datetime.timedelta(seconds=-115, microseconds=-81036)))
    assert (await raw(item))["duration"] == "-PT1M55.081036S"
    positive = await item.patch(CallActivityStatistics(duration=datetime.timedelta(seconds=115, microseconds=81036)))
    assert positive.duration == datetime.timedelta(seconds=115, microseconds=81036)
    days = await item.patch(CallActivityStatistics(duration=datetime.timedelta(days=1, hours=2)))
    assert days.duration == datetime.timedelta(days=1, hours=2)


async def raw(item):
    """The durations of a statistic as they were answered, which the models do not keep."""
    answer = await item.get(RequestConfiguration(options=[ResponseHandlerOption(NativeResponseHandler())]))
    return {name: answer.json()[name] for name in ("duration", "afterHours")}


async def test_patch_merges(statistics):
    await statistics.post(call("python-merge"))
    item = statistics.by_activity_statistics_id("python-merge")
    read = await item.get()
    same = await item.patch(read)
    assert same.duration == read.duration
    # This SDK leaves out what is None, so null goes through additional_data.
    cleared = await item.patch(CallActivityStatistics(additional_data={"timeZoneUsed": None, "afterHours": None}))
    assert cleared.time_zone_used is None
    assert cleared.after_hours is None
    assert cleared.duration == datetime.timedelta(hours=1, minutes=30)
    assert (await item.patch(CallActivityStatistics())).id == "python-merge"


async def test_page_to_the_end():
    app = connect(os.environ["AFTERHOURS_APP_TOKEN"])
    theirs = app.users.by_user_id("7f1e3c6a-2b5d-4c8e-9a01-c1a551c00003").analytics.activity_statistics
    ids = [f"page-{i:03}" for i in range(110)]
    for id in ids:
        await theirs.post(call(id))
    page = await theirs.get(query(top=25))
    assert len(page.value) == 25
    found = []
    await PageIterator(page, app.request_adapter, error_mapping=ERRORS).iterate(lambda s: found.append(s.id) is None)
    assert found == ids


async def test_412_after_a_change(statistics):
    seen = HeadersInspectionHandlerOption(inspect_response_headers=True)
    await statistics.post(call("python-etag"), RequestConfiguration(options=[seen]))
    (tag,) = seen.response_headers.get("etag")
    item = statistics.by_activity_statistics_id("python-etag")

    def if_match():
        configuration = RequestConfiguration()
        configuration.headers.add("If-Match", tag)
        return configuration

    change = CallActivityStatistics(time_zone_used="UTC")
    await item.patch(change, if_match())
    await refusal(item.patch(CallActivityStatistics(time_zone_used="CET"), if_match()), 412)


async def test_404_409_400(statistics):
    assert "NotFound" in (await refusal(statistics.by_activity_statistics_id("missing").get(), 404)).code
    await statistics.post(call("python-twice"))
    await refusal(statistics.post(call("python-twice")), 409)
    change = CallActivityStatistics(additional_data={"nonsense": 1})
    faulty = await refusal(statistics.by_activity_statistics_id("python-twice").patch(change), 400)
    assert faulty.details[0].target == "nonsense"


async def test_401_with_an_expired_token():
    old = connect(os.environ["AFTERHOURS_OLD_TOKEN"])
    error = await refusal(old.me().analytics.activity_statistics.get(), 401)
    assert error.code == "InvalidAuthenticationToken"


async def test_filter_orderby_select_count(statistics):
    focus = await statistics.get(
        query(filter="activity eq 'Focus' and duration gt duration'PT0S'", orderby=["startDate desc"], count=True)
    )
    assert len(focus.value) == 5  # on each working day
    assert focus.odata_count == 5
    dates = [s.start_date for s in focus.value]
    assert dates == sorted(dates, reverse=True)
    slim = await statistics.get(query(filter="activity eq 'Call'", select=["id", "duration"]))
    assert len(slim.value) >= 7
    for s in slim.value:
        assert isinstance(s, CallActivityStatistics)
        assert s.id and s.start_date is None
    assert await statistics.count.get() >= 35


async def test_batch(client, statistics):
    await statistics.post(call("python-batch"))
    item = statistics.by_activity_statistics_id("python-batch")
    requests = [
        BatchRequestItem(item.to_get_request_information(), id="read"),
        BatchRequestItem(item.to_patch_request_information(CallActivityStatistics(time_zone_used="UTC")), id="write", depends_on=["read"]),
        BatchRequestItem(item.to_delete_request_information(), id="delete", depends_on=["write"]),
        BatchRequestItem(item.to_get_request_information(), id="again", depends_on=["delete"]),
    ]
    content = BatchRequestContent()
    for request in requests:
        content.add_request(request.id, request)
    answer = await BatchRequestBuilder(client.request_adapter, ERRORS).post(content)
    # The bodies of answers are read as base64 by this SDK, so that JSON is out of its reach.
    assert answer.get_response_status_codes() == {"read": 200, "write": 200, "delete": 204, "again": 404}


async def test_settings(client):
    parameters = AnalyticsRequestBuilder.AnalyticsRequestBuilderGetQueryParameters(expand=["activityStatistics"])
    analytics = await client.me().analytics.get(RequestConfiguration(query_parameters=parameters))
    assert analytics.settings.has_opted_out is False
    assert len(analytics.activity_statistics) >= 35
    changed = await client.me().analytics.patch(UserAnalytics(settings=Settings(has_license=True)))
    assert changed.settings.has_license is True
