// The server throttles a tenant that no other test uses. The control API mints its token and says what came.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { Client } from "@microsoft/microsoft-graph-client";

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

test("a throttled request is sent again after Retry-After", { skip: !controlToken && "the server has no control API" }, async () => {
  const tenant = randomUUID();
  const { token } = await control("POST", "/tokens", { tenant });
  await control("POST", "/faults", { match: { tenant }, throttle: { units: 1, unitsPer: "PT2S" } });
  const client = Client.init({
    baseUrl: url,
    defaultVersion: "beta",
    customHosts: new Set([new URL(url).hostname]),
    authProvider: (done) => done(null, token),
  });
  const read = () => client.api("/me/analytics/activityStatistics").get();
  assert.deepEqual((await Promise.all([read(), read()])).map((page) => page.value), [[], []]);

  const sent = (await control("GET", `/requests?tenant=${tenant}&count=3`)).value;
  assert.deepEqual(sent.map((one) => one.status).sort(), [200, 200, 429]);
  const throttled = sent.find((one) => one.status === 429);
  const again = sent.find((one) => one.headers["Retry-Attempt"] === "1");
  assert.ok(Date.parse(again.time) - Date.parse(throttled.time) >= 1000, "it did not wait");
});
