"""azure-identity signs in, and the beta SDK calls the API with what it got."""

import base64
import json
import os
from urllib.parse import parse_qsl, urlsplit

import msal
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, DeviceCodeCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph_beta import GraphRequestAdapter, GraphServiceClient

URL = os.environ["AFTERHOURS_URL"]
TENANT = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"  # of the demo
CLIENT = "5b6e0d4c-3a1f-4e8b-9c27-6d5f4a3b2c1d"
SCOPE = "https://graph.microsoft.com/.default"
OPTIONS = {"authority": URL, "disable_instance_discovery": True}


def connect(credential):
    provider = AzureIdentityAuthenticationProvider(credential, scopes=[SCOPE], allowed_hosts=[urlsplit(URL).hostname])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = URL + "/beta"
    return GraphServiceClient(request_adapter=adapter)


def steer(method, path, body=None):
    headers = {"Authorization": "Bearer " + os.environ["AFTERHOURS_CONTROL_TOKEN"]}
    response = requests.request(method, URL + "/control" + path, headers=headers, json=body, timeout=10)
    response.raise_for_status()
    return response


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


async def test_client_secret():
    client = connect(ClientSecretCredential(TENANT, CLIENT, "any", **OPTIONS))
    page = await client.users.by_user_id("megan@example.com").analytics.activity_statistics.get()
    assert len(page.value) == 35


async def test_client_secret_without_threads():
    async with AsyncClientSecretCredential(TENANT, CLIENT, "any", **OPTIONS) as credential:
        page = await connect(credential).users.by_user_id("megan@example.com").analytics.activity_statistics.get()
        assert len(page.value) == 35


def approve(uri, user_code, expires_on):
    assert uri.startswith(URL)
    steer("POST", f"/sign-ins/{user_code}/approve", {"upn": "megan@example.com"})


async def test_device_code():
    credential = DeviceCodeCredential(CLIENT, tenant_id=TENANT, prompt_callback=approve, **OPTIONS)
    page = await connect(credential).me().analytics.activity_statistics.get()
    assert len(page.value) == 35
    assert claims_of(credential.get_token(SCOPE).token)["upn"] == "megan@example.com"


def test_a_denied_device():
    credential = DeviceCodeCredential(
        CLIENT, tenant_id=TENANT, prompt_callback=lambda _, code, __: steer("POST", f"/sign-ins/{code}/deny"), **OPTIONS
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS70018"):
        credential.get_token(SCOPE)


def test_a_tenant_that_is_none():
    credential = ClientSecretCredential("contoso.onmicrosoft.com", CLIENT, "any", **OPTIONS)
    with pytest.raises((ClientAuthenticationError, ValueError), match="contoso.onmicrosoft.com"):
        credential.get_token(SCOPE)


def test_authorization_code_with_pkce():
    app = msal.PublicClientApplication(CLIENT, authority=f"{URL}/{TENANT}", instance_discovery=False)
    flow = app.initiate_auth_code_flow(["Analytics.Read"], redirect_uri="http://localhost:3000/callback")
    page, _, query = flow["auth_uri"].partition("?")
    asked = dict(parse_qsl(query)) | {"user": "megan@example.com"}
    picked = requests.post(page, data=asked, allow_redirects=False, timeout=10)
    back = dict(parse_qsl(urlsplit(picked.headers["Location"]).query))
    answer = app.acquire_token_by_auth_code_flow(flow, back)
    assert answer["id_token_claims"]["preferred_username"] == "megan@example.com", answer
    again = app.acquire_token_silent(["Analytics.Read"], account=app.get_accounts()[0], force_refresh=True)
    assert claims_of(again["access_token"])["scp"] == "Analytics.Read openid profile"
    assert again["access_token"] != answer["access_token"]


async def test_a_claims_challenge_leads_to_a_new_token():
    client = connect(ClientSecretCredential(TENANT, CLIENT, "any", **OPTIONS))
    statistics = client.users.by_user_id("megan@example.com").analytics.activity_statistics
    await statistics.get()
    steer("DELETE", "/requests")
    steer("POST", "/faults/presets/cae", {})
    try:
        assert len((await statistics.get()).value) == 35
        assert len((await statistics.get()).value) == 35  # by the same token
    finally:
        steer("DELETE", "/faults")
    sent = [r for r in steer("GET", "/requests").json()["value"] if "openid-configuration" not in r["path"]]
    seen = [(r["path"].split("/")[-1], r["status"]) for r in sent]
    assert seen == [("activityStatistics", 401), ("token", 200), ("activityStatistics", 200), ("activityStatistics", 200)]
