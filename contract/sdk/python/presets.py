"""Sends the documented PATCH for each id on standard input; see ../presets."""

import asyncio
import datetime
import json
import os
import sys
import urllib.request

from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from msgraph_beta import GraphRequestAdapter, GraphServiceClient
from msgraph_beta.generated.models.call_activity_statistics import CallActivityStatistics

URL = os.environ["AFTERHOURS_URL"]


def mint():
    """Returns a new token of a user whose client can answer a claims challenge."""
    headers = {"Authorization": "Bearer " + os.environ["AFTERHOURS_CONTROL_TOKEN"], "Content-Type": "application/json"}
    request = urllib.request.Request(URL + "/control/tokens", b'{"cae":true}', headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)["token"]


class Tokens(AccessTokenProvider):
    """One token, and another one for each claims challenge."""

    token = None

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        if self.token is None or "claims" in additional_authentication_context:
            self.token = mint()
        return self.token

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


async def patch(client, id):
    change = CallActivityStatistics(duration=datetime.timedelta(hours=1))
    try:
        await client.me().analytics.activity_statistics.by_activity_statistics_id(id).patch(change)
    except Exception as error:
        main = getattr(error, "error", None)
        return {"error": type(error).__name__, "status": getattr(error, "response_status_code", None), "code": getattr(main, "code", None)}
    return {}


async def observe():
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Tokens()))
    adapter.base_url = URL + "/beta"
    client = GraphServiceClient(request_adapter=adapter)
    for line in sys.stdin:
        print(json.dumps(await patch(client, line.strip())), flush=True)


asyncio.run(observe())
