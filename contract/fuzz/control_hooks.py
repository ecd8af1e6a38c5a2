"""Values of the control contract's formats, which their patterns describe only in part."""

import json
import os
import re
import urllib.request

import schemathesis
from hypothesis import strategies as st


def duration(ticks):
    return f"{'-' if ticks < 0 else ''}PT{abs(ticks) // 10**7}.{abs(ticks) % 10**7:07d}S"


schemathesis.openapi.format("edm-duration", st.integers(-(2**63), 2**63 - 1).map(duration))


@schemathesis.serializer("application/x-ndjson")
def json_lines(context, value):
    return str(value).encode()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # The security checks do not know OpenID Connect and would always pass.
    schemes = raw_schema["components"]["securitySchemes"]
    raw_schema["components"]["securitySchemes"] = dict.fromkeys(schemes, {"type": "http", "scheme": "bearer"})


def new_rule():
    """Returns the id of a new rule for faults. Those that Schemathesis made are gone when it removes one."""
    request = urllib.request.Request(
        os.environ["AFTERHOURS_URL"] + "/control/faults/presets/flaky",
        method="POST",
        headers={"Authorization": "Bearer " + os.environ["AFTERHOURS_CONTROL_TOKEN"]},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)["id"]


def new_device():
    """Returns the user code of a device that waits. Each is approved or denied once."""
    form = b"client_id=fuzz&scope=Analytics.Read"
    with urllib.request.urlopen(os.environ["AFTERHOURS_URL"] + "/common/oauth2/v2.0/devicecode", form) as response:
        return json.load(response)["user_code"]


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Shortens every wait, which would otherwise last for up to 30 s, and names a rule and a device that are there."""
    rule = (case.path_parameters or {}).get("id")
    if isinstance(rule, str) and re.fullmatch(r"[0-9a-f-]{36}", rule):
        case.path_parameters["id"] = new_rule()
    code = (case.path_parameters or {}).get("userCode")
    if isinstance(code, str) and re.fullmatch("[A-Za-z]{1,64}", code):
        case.path_parameters["userCode"] = new_device()
    wait = (case.query or {}).get("wait")
    if isinstance(wait, str) and re.fullmatch(r"P[0-9DTHMS.]+", wait):
        case.query["wait"] = "PT0.01S"
