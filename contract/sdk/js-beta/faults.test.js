// The server challenges a tenant that no other test uses. The control API mints its tokens and says what came.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { AllowedHostsValidator, BaseBearerTokenAuthenticationProvider } from "@microsoft/kiota-abstractions";
import { createGraphBetaServiceClient, GraphBetaRequestAdapter } from "@microsoft/msgraph-beta-sdk";
import "./users.js";

const { AFTERHOURS_URL: url, AFTERHOURS_CONTROL_TOKEN: controlToken } = process.env;

async function control(method, path, body) {
  const response = await fetch(`${url}/control${path}`, {
    method,
    headers: { Authorization: `Bearer ${controlToken}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
}

test("a claims challenge is answered with a new token", { skip: !controlToken && "the server has no control API" }, async () => {
  const tenant = randomUUID();
  const newToken = async () => (await control("POST", "/tokens", { tenant, cae: true })).token;
  const challenges = [];
  let token = await newToken();
  const adapter = new GraphBetaRequestAdapter(
    new BaseBearerTokenAuthenticationProvider({
      getAuthorizationToken: async (_, context) => {
        if (context?.claims) {
          challenges.push(JSON.parse(Buffer.from(context.claims, "base64")));
          token = await newToken();
        }
        return token;
      },
      getAllowedHostsValidator: () => new AllowedHostsValidator(),
    }),
  );
  adapter.baseUrl = `${url}/beta`;
  const statistics = createGraphBetaServiceClient(adapter).me.analytics.activityStatistics;

  assert.deepEqual((await statistics.get()).value, []);
  await control("POST", "/faults/presets/cae", { match: { tenant } });
  assert.deepEqual((await statistics.get()).value, []);
  assert.deepEqual((await statistics.get()).value, []);

  assert.equal(challenges.length, 1);
  assert.match(challenges[0].access_token.nbf.value, /^\d+$/);
  const sent = (await control("GET", `/requests?tenant=${tenant}&count=4`)).value;
  assert.deepEqual(sent.map((one) => one.status), [200, 401, 200, 200]);
});
