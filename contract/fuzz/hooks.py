"""Values of the contract's formats, which their patterns describe only in part."""

import os
import tomllib
from functools import partial
from urllib.parse import quote, urlencode

import requests
import schemathesis
from hypothesis import strategies as st

with open("schemathesis.toml", "rb") as settings:
    dictionaries = tomllib.load(settings)["dictionaries"]
users = dictionaries["users"]["values"]


def duration(ticks):
    return f"{'-' if ticks < 0 else ''}PT{abs(ticks) // 10**7}.{abs(ticks) % 10**7:07d}S"


durations = st.integers(-(2**63), 2**63 - 1).map(duration)
dates = st.dates().map(str)
properties = st.sampled_from(["id", "activity", "startDate", "endDate", "timeZoneUsed", "duration"])
comparisons = st.one_of(
    st.builds("duration {} {}".format, st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]), durations.map("duration'{}'".format)),
    st.builds("{} ge {}".format, st.sampled_from(["startDate", "endDate"]), dates),
    st.builds("year({}) eq {}".format, st.sampled_from(["startDate", "endDate"]), st.integers(1, 9999)),
    st.builds("contains(timeZoneUsed,'{}')".format, st.from_regex(r"\A[a-z' ]{0,9}\Z").map(lambda text: text.replace("'", "''"))),
    st.sampled_from(["activity in ('Call','Chat')", "timeZoneUsed eq null", "isof('microsoft.graph.callActivityStatistics')"]),
)
filters = st.recursive(
    comparisons,
    lambda part: st.one_of(st.builds("not ({})".format, part), st.builds("({}) {} {}".format, part, st.sampled_from(["and", "or"]), part)),
    max_leaves=6,
)
orders = st.lists(st.builds("{}{}".format, properties, st.sampled_from(["", " asc", " desc"])), min_size=1, max_size=4, unique_by=lambda order: order.split()[0])
tags = st.builds('{}"{}"'.format, st.sampled_from(["", "W/"]), st.from_regex(r"\A[A-Za-z0-9_-]{0,12}\Z"))

schemathesis.openapi.format("odata-filter", filters)
schemathesis.openapi.format("odata-orderby", orders.map(",".join))
schemathesis.openapi.format("odata-select", st.lists(properties, min_size=1, max_size=4).map(",".join))
schemathesis.openapi.format("odata-query", st.one_of(filters.map("$filter={}".format), st.integers(0, 50).map("$top={}".format)).map(partial(quote, safe="$=&'")))
schemathesis.openapi.format("edm-duration", durations)
# Every $apply makes the same three names, so that the other options fit each of them. The sum of random durations may
# be out of range (400).
parts = "groupby((activity),aggregate($count as n,duration with {} as total))".format
applies = st.builds("{}{}".format, st.one_of(st.just(""), filters.map("filter({})/".format)), st.sampled_from(["average", "min", "max"]).map(parts))
groups = ["activity", "n", "total"]
schemathesis.openapi.format("odata-apply", applies)
schemathesis.openapi.format("odata-filter-groups", st.one_of(durations.map("total gt duration'{}'".format), st.integers(0, 99).map("n ge {}".format)))
schemathesis.openapi.format("odata-orderby-groups", st.lists(st.sampled_from(groups), min_size=1, max_size=3, unique=True).map(",".join))
schemathesis.openapi.format("odata-select-groups", st.lists(st.sampled_from(groups), min_size=1, max_size=3).map(",".join))
schemathesis.openapi.format("entity-tag-list", st.one_of(st.just("*"), st.lists(tags, min_size=1, max_size=3).map(", ".join)))


def patch(path, body, **headers):
    headers |= {"Authorization": "Bearer " + os.environ["AFTERHOURS_APP_TOKEN"], "client-request-id": "hooks"}
    requests.patch(os.environ["AFTERHOURS_URL"] + "/beta/users/" + path, headers=headers, json=body, timeout=10).raise_for_status()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # The server has the ids and entity tags that the dictionaries name.
    for user in users:
        for name in dictionaries["statistics"]["values"] + dictionaries["deleted"]["values"]:
            body = {"@odata.type": "#microsoft.graph.meetingActivityStatistics", "startDate": "2026-06-16", "duration": "PT1H"}
            patch(f"{user}/analytics/activityStatistics/{name}", body, Prefer="create-if-missing")
    # The boundary of a multipart batch stands in Content-Type, of which OpenAPI cannot say so. FuzzMultipart tries this format.
    raw_schema["components"]["requestBodies"]["Batch"]["content"].pop("multipart/mixed")
    # The security checks do not know OpenID Connect and would always pass.
    schemes = raw_schema["components"]["securitySchemes"]
    raw_schema["components"]["securitySchemes"] = dict.fromkeys(schemes, {"type": "http", "scheme": "bearer"})
    # Half of the updates change properties that every type has; most others are refused.
    schemas = raw_schema["components"]["schemas"]
    update = schemas["activityStatisticsUpdate"]
    common = {name: update["properties"][name] for name in ["startDate", "endDate", "timeZoneUsed", "duration"]}
    schemas["activityStatisticsUpdate"] = {"anyOf": [update, {**update, "properties": common}]}
    # A $skiptoken is valid only with the query of the page before it.
    for path in raw_schema["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                operation["parameters"] = [p for p in operation.get("parameters", []) if p.get("$ref") != "#/components/parameters/skiptoken"]


@schemathesis.hook
def filter_query(context, query):
    """Leaves out headers of more than 32 KiB, which Go's HTTP server refuses before the program sees the request."""
    return len(urlencode(query or {}, doseq=True)) < 28 << 10


@schemathesis.hook
def after_call(context, case, response):
    """Takes back an opt-out, after which every read of that user would be 403."""
    if case.method == "PATCH" and response.status_code < 300 and not case.path.endswith("{activityStatistics-id}"):
        user = (case.path_parameters or {}).get("user-id", users[0])
        patch(f"{user}/analytics/settings", {"hasGraphMailbox": True, "hasLicense": True, "hasOptedOut": False})


@schemathesis.check
def prism_agrees(ctx, response, case):
    """Fails if the requests go through Prism, as in contract/prism, and Prism finds a fault."""
    violations = response.headers.get("sl-violations")
    assert not violations, f"Prism: {violations[0]}"
