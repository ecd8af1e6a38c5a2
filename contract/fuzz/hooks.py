"""Values of the contract's formats, which their patterns describe only in part."""

import os
import tomllib
from functools import partial
from urllib.parse import quote, urlencode

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.generation.meta import TestPhase

with open("schemathesis.toml", "rb") as settings:
    dictionaries = tomllib.load(settings)["dictionaries"]
users = dictionaries["users"]["values"]


def duration(ticks):
    return f"{'-' if ticks < 0 else ''}PT{abs(ticks) // 10**7}.{abs(ticks) % 10**7:07d}S"


durations = st.integers(-(2**63), 2**63 - 1).map(duration)
hours = st.integers(-99, 99).map(lambda number: f"duration'{duration(number * 36 * 10**9)}'")
dates = st.dates().map(str)
names = ["id", "activity", "startDate", "endDate", "timeZoneUsed", "duration"]
properties = st.sampled_from(names)


def listed(parts, most):
    return st.lists(parts, min_size=1, max_size=most, unique=True).map(",".join)


# Expressions of each type.
numbers = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["year", "month", "day"]), st.sampled_from(["startDate", "endDate"])),
    st.builds("({}(totalseconds(duration)) {} {})".format, st.sampled_from(["round", "floor", "ceiling"]), st.sampled_from(["add", "sub", "mul", "div", "divby", "mod"]), st.integers(1, 99)),
    st.sampled_from(["length(timeZoneUsed)", "indexof(timeZoneUsed,'t')", "-3.5", "totaloffsetminutes(now())"]),
)
spans = st.one_of(st.just("duration"), hours, st.builds("(duration {} {})".format, st.sampled_from(["add", "sub"]), hours), st.integers(-9, 9).map("(duration mul {})".format))
days = st.one_of(st.sampled_from(["startDate", "endDate", "date(now())"]), dates, st.builds("(startDate {} duration'P{}D')".format, st.sampled_from(["add", "sub"]), st.integers(0, 99)))
texts = st.sampled_from(["timeZoneUsed", "'UTC'", "tolower(timeZoneUsed)", "concat(id,'x')", "substring(trim(timeZoneUsed),1,2)"])
times = st.sampled_from(["time(now())", "07:30:00", "12:00:00.5"])
comparisons = st.one_of(
    st.builds("duration {} {}".format, st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]), durations.map("duration'{}'".format)),
    *(st.builds("{} {} {}".format, part, st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]), part) for part in (numbers, spans, days, texts, times)),
    st.builds("contains(timeZoneUsed,'{}')".format, st.from_regex(r"\A[a-z' ]{0,9}\Z").map(lambda text: text.replace("'", "''"))),
    st.sampled_from(
        [
            "activity in ('Call','Chat')",
            "timeZoneUsed eq null",
            "isof('microsoft.graph.callActivityStatistics')",
            "matchespattern(timeZoneUsed,'^[A-Z][a-z]+')",
            "startswith(id,'f') eq true",
            "microsoft.graph.meetingActivityStatistics/long gt duration'PT0S'",
            "now() gt 2019-06-16T07:30:00Z",
        ]
    ),
)
filters = st.recursive(
    comparisons,
    lambda part: st.one_of(st.builds("not ({})".format, part), st.builds("({}) {} {}".format, part, st.sampled_from(["and", "or"]), part)),
    max_leaves=6,
)
directions = st.sampled_from(["", " asc", " desc"])
orders = st.lists(st.builds("{}{}".format, properties, directions), min_size=1, max_size=4, unique_by=lambda order: order.split()[0]).map(",".join)
# $skip may be too large beside an expression, so $orderby has expressions only where the skip is here as well.
calculated = st.builds("{}{}".format, st.sampled_from(["year(startDate)", "length(timeZoneUsed)", "duration mul -2", "endDate sub startDate", "toupper(timeZoneUsed)"]), directions)
tags = st.builds('{}"{}"'.format, st.sampled_from(["", "W/"]), st.from_regex(r"\A[A-Za-z0-9_-]{0,12}\Z"))

schemathesis.openapi.format("odata-filter", filters)
schemathesis.openapi.format("odata-orderby", orders)
schemathesis.openapi.format("odata-select", listed(properties, 4))
schemathesis.openapi.format("odata-query", st.one_of(filters.map("$filter={}".format), calculated.map("$orderby={}".format), st.integers(0, 50).map("$top={}".format)).map(partial(quote, safe="$=&'")))
schemathesis.openapi.format("edm-duration", durations)


def option(name, values):
    return st.one_of(st.just(""), values.map((name + "={}").format))


def expand(name, *options):
    """Is an item of $expand with some of the options in parentheses."""
    return st.tuples(*options).map(lambda chosen: ";".join(filter(None, chosen))).map(lambda text: f"{name}({text})" if text else name)


selected = st.sampled_from(["id", "settings", "settings/hasOptedOut", "settings($select=hasLicense)", "activityStatistics", "*"])
statistics = st.one_of(
    st.sampled_from(["activityStatistics/$count", "activityStatistics/microsoft.graph.callActivityStatistics"]),
    expand(
        "activityStatistics",
        option("$filter", filters),
        option("$orderby", st.one_of(orders, calculated)),
        option("$select", listed(properties, 4)),
        option("$top", st.integers(0, 9)),
        option("$skip", st.integers(0, 9)),
        option("$count", st.sampled_from(["true", "false"])),
    ),
)
schemathesis.openapi.format("odata-select-analytics", listed(selected, 3))
schemathesis.openapi.format("odata-expand", st.one_of(st.just("*"), statistics))
schemathesis.openapi.format("odata-select-user", listed(st.sampled_from(["id", "userPrincipalName", "analytics"]), 3))
schemathesis.openapi.format("odata-expand-user", st.one_of(st.just("*"), expand("analytics", option("$select", listed(selected, 3)), option("$expand", statistics))))
schemathesis.openapi.format("odata-expand-users", st.one_of(st.just("*"), expand("analytics", option("$select", listed(selected, 3)))))
person = st.sampled_from([f"'{user}'" for user in users])
schemathesis.openapi.format("odata-filter-user", st.one_of(person.map("id eq {}".format), listed(person, 2).map("id in ({})".format), st.sampled_from(["userPrincipalName eq 'megan@example.com'", "analytics ne null"])))
schemathesis.openapi.format("odata-orderby-user", st.sampled_from(["id", "id asc"]))
# Every $apply makes month and total, as that of the contract's example, and the other options name only these. The sum of
# random durations may be out of range (400), and now() is 501 there.
parts = "groupby((activity,month),aggregate($count as n,timeZoneUsed with countdistinct as zones,duration with {} as total))".format
applies = st.builds("{}compute(month(startDate) as month)/{}".format, st.one_of(st.just(""), filters.filter(lambda text: "now" not in text).map("filter({})/".format)), st.sampled_from(["average", "min", "max"]).map(parts))
groups = st.sampled_from(["month", "total"])
schemathesis.openapi.format("odata-apply", applies)
schemathesis.openapi.format("odata-filter-groups", st.one_of(durations.map("total gt duration'{}'".format), st.integers(0, 12).map("month mul 2 ge {} add 1".format)))
schemathesis.openapi.format("odata-orderby-groups", listed(groups, 2))
schemathesis.openapi.format("odata-select-groups", listed(groups, 2))
schemathesis.openapi.format("entity-tag-list", st.one_of(st.just("*"), st.lists(tags, min_size=1, max_size=3).map(", ".join)))


def patch(path, body, **headers):
    headers |= {"Authorization": "Bearer " + os.environ["AFTERHOURS_APP_TOKEN"], "client-request-id": "hooks"}
    requests.patch(os.environ["AFTERHOURS_URL"] + "/beta/users/" + path, headers=headers, json=body, timeout=10).raise_for_status()


def store(user, name):
    body = {"@odata.type": "#microsoft.graph.meetingActivityStatistics", "startDate": "2026-06-16", "duration": "PT1H"}
    patch(f"{user}/analytics/activityStatistics/{name}", body, Prefer="create-if-missing")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # The server has the ids and entity tags that the dictionaries name.
    for user in users:
        for name in dictionaries["statistics"]["values"] + dictionaries["deleted"]["values"]:
            store(user, name)
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
    # The statistics are included for one user at a time.
    raw_schema["components"]["parameters"]["expandUsers"]["schema"]["format"] = "odata-expand-users"
    # Of the tokens of a change tracking, only this one is valid without the answer that it comes from.
    raw_schema["components"]["parameters"]["deltatoken"]["schema"] = {"type": "string", "enum": ["latest"]}
    # A $skiptoken is valid only with the query of the page before it.
    skiptokens = ["#/components/parameters/skiptoken", "#/components/parameters/deltaSkiptoken"]
    for path in raw_schema["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                operation["parameters"] = [p for p in operation.get("parameters", []) if p.get("$ref") not in skiptokens]


@schemathesis.hook
def filter_query(context, query):
    """Leaves out headers of more than 32 KiB, which Go's HTTP server refuses before the program sees the request."""
    return len(urlencode(query or {}, doseq=True)) < 28 << 10


@schemathesis.hook
def after_call(context, case, response):
    """Takes back an opt-out, after which every read of that user would be 403, and stores again what was deleted.

    In a sequence of requests what was deleted stays so: Schemathesis checks there that a later GET does not find it.
    """
    parameters = case.path_parameters or {}
    user, name = parameters.get("user-id", users[0]), parameters.get("activityStatistics-id")
    sequence = case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL
    if case.method == "DELETE" and not sequence and response.status_code == 204 and case.path.endswith("{activityStatistics-id}"):
        store(user, name)
    if case.method == "PATCH" and response.status_code < 300 and not case.path.endswith("{activityStatistics-id}"):
        patch(f"{user}/analytics/settings", {"hasGraphMailbox": True, "hasLicense": True, "hasOptedOut": False})


@schemathesis.check
def prism_agrees(ctx, response, case):
    """Fails if the requests go through Prism, as in contract/prism, and Prism finds a fault."""
    # A query in a body is a text, and Prism makes every form an object. An empty text is a value, and Prism finds no body.
    if case.media_type == "application/x-www-form-urlencoded" or case.media_type == "text/plain" and not case.body:
        return
    violations = response.headers.get("sl-violations")
    assert not violations, f"Prism: {violations[0]}"
