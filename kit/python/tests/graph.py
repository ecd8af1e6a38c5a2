"""The beta SDK for Python, unmodified, connected with a tenant."""

import base64
import datetime
import json

import httpx
from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph_beta import GraphRequestAdapter, GraphServiceClient
from msgraph_beta.generated.models.analytics_activity_type import AnalyticsActivityType
from msgraph_beta.generated.models.call_activity_statistics import CallActivityStatistics
from msgraph_beta.graph_request_adapter import options
from msgraph_core import GraphClientFactory


class Tokens(AccessTokenProvider):
    """Mints a token, and a new one when the server asks for it with claims."""

    def __init__(self, tenant, **claims):
        self.tenant, self.claims = tenant, claims
        self.challenges = []  # the claims that the server asked for
        self.token = tenant.token(**claims)

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        if challenge := additional_authentication_context.get("claims"):
            self.challenges.append(json.loads(base64.b64decode(challenge)))
            self.token = self.tenant.token(**self.claims)
        return self.token

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


def connect(tenant, tokens=None):
    http = GraphClientFactory.create_with_default_middleware(
        client=httpx.AsyncClient(verify=tenant.server.verify), options=options
    )
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(tokens or Tokens(tenant)), client=http)
    adapter.base_url = tenant.server.url + "/beta"
    return GraphServiceClient(request_adapter=adapter)


def statistics(tenant, tokens=None):
    return connect(tenant, tokens).me().analytics.activity_statistics


def call(id):
    return CallActivityStatistics(
        id=id,
        activity=AnalyticsActivityType.Call,
        start_date=datetime.date(2019, 6, 16),
        end_date=datetime.date(2019, 6, 17),
        time_zone_used="Pacific Standard Time",
        duration=datetime.timedelta(hours=1, minutes=30),
        after_hours=datetime.timedelta(seconds=30),
    )


def if_match(tag):
    configuration = RequestConfiguration()
    configuration.headers.add("If-Match", tag)
    return configuration
