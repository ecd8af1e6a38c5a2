// What a tenant offers to a test.
import assert from "node:assert/strict";
import { test } from "node:test";
import { start, type NewStatistic } from "afterhours-test";

const server = await start();
const all = `${server.url}/beta/me/analytics/activityStatistics`;

const call = { "@odata.type": "#microsoft.graph.callActivityStatistics", id: "call", duration: "PT1H" } as const;

/** Sends a request, and returns its status. */
async function send(token: string, method: string, path = "", body?: object): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const response = await fetch(all + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  await response.text();
  return response.status;
}

test("put stores and replaces, get reads", async () => {
  await using tenant = server.tenant();
  await tenant.put([call, { ...call, id: "other" }]);
  await tenant.put({ ...call, duration: "PT2H" });
  assert.equal((await tenant.get("call"))?.duration, "PT2H");
  assert.equal((await tenant.get("other"))?.duration, "PT1H");
  assert.equal(await tenant.get("none"), undefined);
  assert.equal(await tenant.get("call", { user: "0f8fad5b-d9cb-469f-a165-70867728950e" }), undefined);
  assert.equal(await server.tenant().get("call"), undefined);
});

test("put says what is wrong, and names the property", async () => {
  await using tenant = server.tenant();
  // @ts-expect-error no such property, and an impossible value
  const wrong: NewStatistic = { ...call, duration: "an hour", nonsense: 1 };
  const refusal = await tenant.put([call, wrong]).then(() => assert.fail("put stored it"), String);
  assert.match(refusal, /\n  statistic 2: duration: .*PT1H30M/);
  assert.match(refusal, /\n  statistic 2: nonsense: There is no property/);
  assert.ok(await tenant.get("call"), "the statistic before it is stored");
});

test("tokens are of the tenant's user, of another, or of an application", async () => {
  await using tenant = server.tenant();
  const user = "0f8fad5b-d9cb-469f-a165-70867728950e";
  await tenant.put(call);
  assert.equal(await send(await tenant.token(), "GET", "/call"), 200);
  assert.equal(await send(await tenant.token({ user }), "GET", "/call"), 404);
  assert.equal(await send(await tenant.token({ scopes: ["Analytics.Read"] }), "DELETE", "/call"), 403);
  assert.equal(await send(await tenant.token({ expiresIn: "-PT1H" }), "GET", "/call"), 401);
  assert.equal(await send(await tenant.token({ audience: "api://another" }), "GET", "/call"), 401);
  const users = `${server.url}/beta/users/${tenant.user}/analytics/activityStatistics/call`;
  const token = await tenant.token({ roles: ["Analytics.Read.All"] });
  assert.equal((await fetch(users, { headers: { Authorization: `Bearer ${token}` } })).status, 200);
  await assert.rejects(tenant.token({ roles: ["x"], scopes: ["y"] }), /400 BadRequest.*roles/s);
});

test("reset goes back to nothing, for this tenant alone", async () => {
  await using tenant = server.tenant();
  await using other = server.tenant();
  await tenant.put(call);
  await other.put(call);
  await send(await tenant.token(), "GET", "/call");
  await tenant.reset();
  assert.deepEqual(await tenant.requests(), []);
  assert.equal(await tenant.get("call"), undefined);
  assert.ok(await other.get("call"));
});

test("a snapshot is gone back to as often as wanted, and ends with its tenant", async () => {
  const tenant = server.tenant();
  await tenant.put(call);
  const restore = await tenant.snapshot();
  for (const duration of ["PT2H", "PT3H"]) {
    await tenant.put([{ ...call, duration }, { ...call, id: duration }]);
    await restore();
    assert.equal((await tenant.get("call"))?.duration, "PT1H");
    assert.equal(await tenant.get(duration), undefined);
  }
  await tenant.close();
  assert.equal(await tenant.get("call"), undefined);
  await assert.rejects(restore(), /404/);
});

test("requests are found, and waited for", async () => {
  await using tenant = server.tenant();
  const token = await tenant.token();
  await tenant.put(call);
  const both = tenant.requests({ method: "PATCH", count: 2, wait: "PT30S" });
  await send(token, "PATCH", "/call", { duration: "PT2H" });
  await send(token, "GET", "/none");
  await send(token, "PATCH", "/call", { duration: "PT3H" });
  assert.deepEqual((await both).map(({ status }) => status), [200, 200]);
  const [missing, ...rest] = await tenant.requests({ status: 404 });
  assert.equal(missing?.route, "/beta/me/analytics/activityStatistics/{activityStatistics-id}");
  assert.match(missing.notFound ?? "", /none/);
  assert.equal(missing.user, tenant.user);
  assert.deepEqual(rest, []);
  assert.deepEqual(await tenant.requests({ method: "DELETE", wait: "PT0.05S" }), []);
});

test("the clock moves, and tokens expire", async () => {
  await using tenant = server.tenant();
  await tenant.put(call);
  const token = await tenant.token({ expiresIn: "PT1H" });
  const before = Date.now();
  const now = await server.advance("PT2H");
  assert.ok(now.getTime() >= before + 7_200_000);
  assert.equal(await send(token, "GET", "/call"), 401);
  assert.equal(await send(await tenant.token(), "GET", "/call"), 200);
  await server.advance("-PT2H");
  assert.equal(await send(token, "GET", "/call"), 200);
});

test("what the kit has no method for is in the client of the contract", async () => {
  const { data } = await server.control.GET("/snapshots");
  assert.deepEqual(data?.value, []);
});
