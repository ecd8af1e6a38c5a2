"""The client that openapi-python-client generates, in .built/afterhours_client. mypy is a part of the
test: assert_type says what it knows, and what it must refuse is marked type: ignore."""

import os
from datetime import date
from typing import Literal, assert_never, assert_type
from urllib.parse import parse_qs, urlsplit

from afterhours_client import AuthenticatedClient
from afterhours_client.api.statistics import create_my_statistic, get_my_statistic, list_my_statistics, update_my_statistic
from afterhours_client.models import (
    ActivityStatisticsCollection,
    ActivityStatisticsUpdate,
    CallActivityStatistics,
    CallActivityStatisticsCreate,
    ChatActivityStatistics,
    EmailActivityStatistics,
    Error,
    FocusActivityStatistics,
    MeetingActivityStatistics,
)
from afterhours_client.types import UNSET, Unset

Statistic = CallActivityStatistics | ChatActivityStatistics | EmailActivityStatistics | FocusActivityStatistics | MeetingActivityStatistics

base = os.environ["AFTERHOURS_URL"] + "/beta"
client = AuthenticatedClient(base_url=base, token=os.environ["AFTERHOURS_TOKEN"])


def create(id: str) -> CallActivityStatistics:
    body = CallActivityStatisticsCreate(
        odata_type="#microsoft.graph.callActivityStatistics",
        id=id,
        activity="Call",
        start_date=date(2019, 6, 16),
        end_date=date(2019, 6, 17),
        time_zone_used="Pacific Standard Time",
        duration="PT1H30M",
        after_hours="PT30S",
    )
    answer = create_my_statistic.sync_detailed(client=client, body=body)
    assert answer.status_code == 201, answer.content
    assert isinstance(answer.parsed, CallActivityStatistics)
    return answer.parsed


def read(id: str) -> CallActivityStatistics:
    call = get_my_statistic.sync(id, client=client)
    assert isinstance(call, CallActivityStatistics), call
    return call


def error(answer: object) -> Error:
    assert isinstance(answer, Error), answer
    return answer


def own(statistic: Statistic) -> list[str | None | Unset]:
    """What a statistic has beyond the common properties, by its type."""
    match statistic:
        case CallActivityStatistics() | ChatActivityStatistics():
            return [statistic.after_hours]
        case EmailActivityStatistics():
            return [statistic.after_hours, statistic.read_email, statistic.sent_email]
        case FocusActivityStatistics():
            assert not hasattr(statistic, "after_hours")
            return []
        case MeetingActivityStatistics() as m:
            return [m.after_hours, m.conflicting, m.long, m.multitasking, m.organized, m.recurring]
        case _:
            assert_never(statistic)  # a sixth type


def test_created_and_read() -> None:
    created = create("py-read")
    call = read("py-read")
    assert call.odata_etag == created.odata_etag
    assert assert_type(call.after_hours, str | None | Unset) == "PT30S"
    assert assert_type(call.start_date, date | None | Unset) == date(2019, 6, 16)
    assert assert_type(call.activity, Literal["Email", "Meeting", "Focus", "Chat", "Call"] | Unset) == "Call"
    assert not hasattr(call, "read_email")


def test_the_documented_patch() -> None:
    create("py-patch")
    change = ActivityStatisticsUpdate(
        odata_type="#microsoft.graph.callActivityStatistics",
        activity="Call",
        start_date=date(2019, 6, 18),
        end_date=date(2019, 6, 19),
        time_zone_used="Time Zone Used value",
        duration="-PT1M55.0810357S",
        after_hours="-PT1M34.3242013S",
    )
    answer = update_my_statistic.sync_detailed("py-patch", client=client, body=change)
    assert answer.status_code == 200 and isinstance(answer.parsed, CallActivityStatistics)
    call = read("py-patch")
    assert call.odata_etag == answer.parsed.odata_etag
    assert call.start_date == date(2019, 6, 18)
    assert call.time_zone_used == "Time Zone Used value"
    assert call.duration == "-PT1M55.0810357S"
    assert call.after_hours == "-PT1M34.3242013S"


def test_patch_tells_absent_from_null() -> None:
    create("py-merge")
    change = ActivityStatisticsUpdate(after_hours=None, time_zone_used="UTC")
    assert change.duration is UNSET
    update_my_statistic.sync("py-merge", client=client, body=change)
    call = read("py-merge")
    assert call.after_hours is None
    assert call.time_zone_used == "UTC"
    assert call.duration == "PT1H30M"

    ActivityStatisticsUpdate(activity=None)  # type: ignore[arg-type]
    ActivityStatisticsUpdate(activity="Calls")  # type: ignore[arg-type]
    ActivityStatisticsUpdate(duration=90)  # type: ignore[arg-type]


def test_pages() -> None:
    pages: list[list[Statistic]] = []
    skiptoken: str | Unset = UNSET
    while True:
        page = list_my_statistics.sync(client=client, filter_="activity eq 'Focus' or activity eq 'Email'", top=4, skiptoken=skiptoken)
        assert isinstance(page, ActivityStatisticsCollection), page
        pages.append(page.value)
        if not page.odata_next_link:
            break
        skiptoken = parse_qs(urlsplit(page.odata_next_link).query)["$skiptoken"][0]
    assert [len(page) for page in pages] == [4, 4, 4, 2]
    assert len({statistic.id for page in pages for statistic in page}) == 14  # two a day


def test_the_five_types() -> None:
    page = list_my_statistics.sync(client=client, filter_="startDate gt 2020-01-01", count=True)
    assert isinstance(page, ActivityStatisticsCollection)
    assert page.odata_count == 35
    sizes = {statistic.activity: sum(isinstance(d, str) for d in own(statistic)) for statistic in page.value}
    assert sizes == {"Call": 1, "Chat": 1, "Email": 3, "Focus": 0, "Meeting": 6}


def test_entity_tags() -> None:
    stale = create("py-etag").odata_etag
    first = update_my_statistic.sync("py-etag", client=client, if_match=stale, body=ActivityStatisticsUpdate(time_zone_used="first"))
    assert isinstance(first, CallActivityStatistics) and first.odata_etag != stale
    second = ActivityStatisticsUpdate(time_zone_used="second")
    refused = update_my_statistic.sync_detailed("py-etag", client=client, if_match=stale, body=second)
    assert refused.status_code == 412
    assert error(refused.parsed).error.code == "resourceModified"
    assert read("py-etag").time_zone_used == "first"
    update_my_statistic.sync("py-etag", client=client, if_match=first.odata_etag, body=second)
    assert read("py-etag").time_zone_used == "second"


def test_errors() -> None:
    create("py-errors")
    change = ActivityStatisticsUpdate(duration="an hour", read_email="PT1H")
    faulty = update_my_statistic.sync_detailed("py-errors", client=client, body=change)
    assert faulty.status_code == 400
    details = error(faulty.parsed).error.details
    assert details and [(d.code, d.target) for d in details] == [("invalidValue", "duration")]
    missing = get_my_statistic.sync_detailed("missing", client=client)
    assert missing.status_code == 404
    assert error(missing.parsed).error.code == "ResourceNotFound"
    stranger = list_my_statistics.sync_detailed(client=AuthenticatedClient(base_url=base, token="none"))
    assert stranger.status_code == 401
    assert error(stranger.parsed).error.code == "InvalidAuthenticationToken"
    assert error(stranger.parsed).error.inner_error.request_id
