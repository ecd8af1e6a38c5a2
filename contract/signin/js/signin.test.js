// @azure/identity and MSAL for Node sign in, and the two Graph clients call the API with what they got.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientSecretCredential, DeviceCodeCredential, UsernamePasswordCredential } from "@azure/identity";
import { CryptoProvider, PublicClientApplication } from "@azure/msal-node";
import { AzureIdentityAuthenticationProvider } from "@microsoft/kiota-authentication-azure";
import { Client } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
import { createGraphBetaServiceClient, GraphBetaRequestAdapter } from "@microsoft/msgraph-beta-sdk";
import "./users.js";

const { AFTERHOURS_URL: url, AFTERHOURS_CONTROL_TOKEN: controlToken } = process.env;
const tenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"; // of the demo
const clientId = "5b6e0d4c-3a1f-4e8b-9c27-6d5f4a3b2c1d";
const options = { authorityHost: url, disableInstanceDiscovery: true };
const scopes = ["https://graph.microsoft.com/.default"];
const { hostname } = new URL(url);

function classic(credential) {
  const authProvider = new TokenCredentialAuthenticationProvider(credential, { scopes });
  return Client.initWithMiddleware({ baseUrl: url, defaultVersion: "beta", customHosts: new Set([hostname]), authProvider });
}

function beta(credential) {
  const adapter = new GraphBetaRequestAdapter(new AzureIdentityAuthenticationProvider(credential, scopes, undefined, new Set([hostname])));
  adapter.baseUrl = `${url}/beta`;
  return createGraphBetaServiceClient(adapter);
}

/** Sends a request to the control API. */
async function steer(method, path, body) {
  const headers = { Authorization: `Bearer ${controlToken}`, "Content-Type": "application/json" };
  const response = await fetch(`${url}/control${path}`, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.status === 204 ? undefined : response.json();
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

test("client secret, with the classic client", async () => {
  const client = classic(new ClientSecretCredential(tenant, clientId, "any", options));
  const page = await client.api("/users/megan@example.com/analytics/activityStatistics").get();
  assert.equal(page.value.length, 35);
});

test("client secret, with the beta SDK", async () => {
  const client = beta(new ClientSecretCredential(tenant, clientId, "any", options));
  const page = await client.users.byUserId("megan@example.com").analytics.activityStatistics.get();
  assert.equal(page.value.length, 35);
});

test("user name and password", async () => {
  const client = beta(new UsernamePasswordCredential(tenant, clientId, "megan@example.com", "any", options));
  assert.equal((await client.me.analytics.activityStatistics.get()).value.length, 35);
});

test("a user whom nobody knows", async () => {
  const credential = new UsernamePasswordCredential(tenant, clientId, "nobody@example.com", "any", options);
  await assert.rejects(credential.getToken(scopes), /AADSTS50034: The user account nobody@example.com/);
});

test("device code", async () => {
  const userPromptCallback = ({ userCode }) => steer("POST", `/sign-ins/${userCode}/approve`, { upn: "megan@example.com" });
  const credential = new DeviceCodeCredential({ tenantId: tenant, clientId, userPromptCallback, ...options });
  const page = await classic(credential).api("/me/analytics/activityStatistics").get();
  assert.equal(page.value.length, 35);
  const first = await credential.getToken(scopes); // from the cache, without another prompt
  assert.equal(claimsOf(first.token).upn, "megan@example.com");
});

test("authorization code with PKCE, and a refresh token", async () => {
  const app = new PublicClientApplication({ auth: { clientId, authority: `${url}/${tenant}`, knownAuthorities: [new URL(url).host] } });
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const asked = { scopes: ["Analytics.Read"], redirectUri: "http://localhost:3000/callback" };
  const page = new URL(await app.getAuthCodeUrl({ ...asked, codeChallenge: challenge, codeChallengeMethod: "S256", state: "mine" }));
  const picked = await fetch(page.origin + page.pathname, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams([...page.searchParams, ["user", "megan@example.com"]]),
  });
  const back = new URL(picked.headers.get("location"));
  assert.equal(back.searchParams.get("state"), "mine");
  const signedIn = await app.acquireTokenByCode({ ...asked, code: back.searchParams.get("code"), codeVerifier: verifier });
  assert.equal(signedIn.account.username, "megan@example.com");
  assert.equal(claimsOf(signedIn.accessToken).scp, "Analytics.Read openid profile");
  const again = await app.acquireTokenSilent({ scopes: asked.scopes, account: signedIn.account, forceRefresh: true });
  assert.notEqual(again.accessToken, signedIn.accessToken);
});

test("a claims challenge leads to a new token", async () => {
  const client = beta(new ClientSecretCredential(tenant, clientId, "any", options));
  const statistics = client.users.byUserId("megan@example.com").analytics.activityStatistics;
  await statistics.get();
  await steer("DELETE", "/requests");
  await steer("POST", "/faults/presets/cae", {});
  try {
    assert.equal((await statistics.get()).value.length, 35);
    assert.equal((await statistics.get()).value.length, 35); // by the same token
  } finally {
    await steer("DELETE", "/faults");
  }
  const { value: sent } = await steer("GET", "/requests");
  const seen = sent.filter((r) => !r.path.includes("openid-configuration")).map((r) => `${r.path.split("/").pop()} ${r.status}`);
  assert.deepEqual(seen, ["activityStatistics 401", "token 200", "activityStatistics 200", "activityStatistics 200"]);
});
