// The classic client sends a token only over https, and to a host that is not
// Graph's own only if customHosts names it (without the port).
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { BatchRequestContent, BatchResponseContent, Client, GraphError, PageIterator } from "@microsoft/microsoft-graph-client";

const { AFTERHOURS_URL: url, AFTERHOURS_TOKEN: token, AFTERHOURS_OLD_TOKEN: oldToken } = process.env;

function connect(accessToken) {
  return Client.init({
    baseUrl: url,
    defaultVersion: "beta",
    customHosts: new Set([new URL(url).hostname]),
    authProvider: (done) => done(null, accessToken),
  });
}

const client = connect(token);
const statistics = "/me/analytics/activityStatistics";
const call = (id, more) => ({
  "@odata.type": "#microsoft.graph.callActivityStatistics",
  id,
  activity: "Call",
  startDate: "2019-06-16",
  endDate: "2019-06-17",
  timeZoneUsed: "Pacific Standard Time",
  duration: "PT1H30M",
  afterHours: "PT30S",
  ...more,
});

/** The error of a request that must be refused. */
async function refusal(request) {
  const error = await request.then(() => assert.fail("the request succeeded"), (error) => error);
  assert.ok(error instanceof GraphError, String(error));
  assert.ok(error.message, "an error without a message");
  assert.ok(error.requestId, "an error without a request-id");
  return error;
}

async function all(page) {
  const items = [];
  await new PageIterator(client, page, (item) => items.push(item) > 0).iterate();
  return items;
}

before(() => assert.match(url, /^https:/));

test("list: the demo week", async () => {
  const page = await client.api(statistics).get();
  assert.equal(page.value.length, 35);
  assert.deepEqual(new Set(page.value.map((s) => s.activity)), new Set(["Call", "Chat", "Email", "Focus", "Meeting"]));
  for (const s of page.value) {
    assert.equal(s["@odata.type"], `#microsoft.graph.${s.activity.toLowerCase()}ActivityStatistics`);
  }
});

test("create, read, delete", async () => {
  const created = await client.api(statistics).post(call("classic-crud"));
  assert.equal(created.afterHours, "PT30S");
  assert.deepEqual(await client.api(`${statistics}/classic-crud`).get(), created);
  assert.equal(await client.api(`${statistics}/classic-crud`).delete(), undefined);
  assert.equal((await refusal(client.api(`${statistics}/classic-crud`).get())).statusCode, 404);
});

test("the documented PATCH, exact to the last digit", async () => {
  await client.api(statistics).post(call("classic-patch"));
  const updated = await client.api(`${statistics}/classic-patch`).patch({
    "@odata.type": "#microsoft.graph.callActivityStatistics",
    activity: "Call",
    startDate: "2019-06-18",
    endDate: "2019-06-19",
    timeZoneUsed: "Time Zone Used value",
    duration: "-PT1M55.0810357S",
    afterHours: "-PT1M34.3242013S",
  });
  assert.equal(updated.duration, "-PT1M55.0810357S");
  assert.equal(updated.afterHours, "-PT1M34.3242013S");
  assert.equal(updated.startDate, "2019-06-18");
  const { "@odata.context": _, ...read } = await client.api(`${statistics}/classic-patch`).get();
  const { "@odata.context": __, ...answered } = updated;
  assert.deepEqual(read, answered);
});

test("PATCH: what was read can be sent back, null clears, absent stays, return=minimal", async () => {
  const created = await client.api(statistics).post(call("classic-merge"));
  const same = await client.api(`${statistics}/classic-merge`).patch(created);
  assert.equal(same.duration, created.duration);
  const cleared = await client.api(`${statistics}/classic-merge`).patch({ timeZoneUsed: null, afterHours: null });
  assert.equal(cleared.timeZoneUsed, null);
  assert.equal(cleared.afterHours, null);
  assert.equal(cleared.duration, "PT1H30M");
  const nothing = await client.api(`${statistics}/classic-merge`).header("Prefer", "return=minimal").patch({ duration: "PT2H" });
  assert.equal(nothing, undefined);
});

test("page to the end with the PageIterator", async () => {
  const me = "/users/7f1e3c6a-2b5d-4c8e-9a01-c1a551c00001/analytics/activityStatistics";
  const app = connect(process.env.AFTERHOURS_APP_TOKEN);
  const ids = Array.from({ length: 110 }, (_, i) => `page-${String(i).padStart(3, "0")}`);
  for (const id of ids) await app.api(me).post(call(id));
  const found = [];
  const page = await app.api(me).top(25).get();
  assert.equal(page.value.length, 25);
  await new PageIterator(app, page, (s) => found.push(s.id) > 0).iterate();
  assert.deepEqual(found, ids);
});

test("412: If-Match with an old entity tag", async () => {
  const created = await client.api(statistics).post(call("classic-etag"));
  const tag = created["@odata.etag"];
  await client.api(`${statistics}/classic-etag`).header("If-Match", tag).patch({ duration: "PT1H" });
  const error = await refusal(client.api(`${statistics}/classic-etag`).header("If-Match", tag).patch({ duration: "PT2H" }));
  assert.equal(error.statusCode, 412);
  assert.equal(typeof error.code, "string");
});

test("404, 409 and 400 are GraphErrors with code and message", async () => {
  const missing = await refusal(client.api(`${statistics}/missing`).get());
  assert.equal(missing.statusCode, 404);
  assert.match(missing.code, /NotFound/);
  await client.api(statistics).post(call("classic-twice"));
  assert.equal((await refusal(client.api(statistics).post(call("classic-twice")))).statusCode, 409);
  const faulty = await refusal(client.api(`${statistics}/classic-twice`).patch({ duration: "an hour" }));
  assert.equal(faulty.statusCode, 400);
  assert.equal(JSON.parse(faulty.body).details[0].target, "duration");
});

test("401: an expired token", async () => {
  const error = await refusal(connect(oldToken).api(statistics).get());
  assert.equal(error.statusCode, 401);
  assert.equal(error.code, "InvalidAuthenticationToken");
});

test("$filter, $orderby, $select, $count", async () => {
  const calls = await client
    .api(statistics)
    .filter("activity eq 'Focus' and duration gt duration'PT0S'")
    .orderby("startDate desc")
    .count(true)
    .get();
  assert.equal(calls.value.length, 5); // on each working day
  assert.equal(calls["@odata.count"], 5);
  assert.deepEqual(calls.value.map((s) => s.startDate), calls.value.map((s) => s.startDate).sort().reverse());
  const slim = await client.api(statistics).filter("activity eq 'Call'").select(["id", "duration"]).top(3).get();
  const items = await all(slim);
  assert.ok(items.length >= 7);
  for (const s of items) {
    assert.equal(s["@odata.type"], "#microsoft.graph.callActivityStatistics");
    assert.equal(s.startDate, undefined);
    assert.equal(typeof s.id, "string");
  }
  assert.ok(Number(await client.api(`${statistics}/$count`).get()) >= 35); // text/plain, so a string
});

test("$batch: dependent requests, an error, a 204", async () => {
  const json = { "Content-Type": "application/json" };
  const at = (path, init) => new Request(`${url}/beta${statistics}${path}`, init);
  const content = new BatchRequestContent([
    { id: "1", request: at("", { method: "POST", headers: json, body: JSON.stringify(call("classic-batch")) }) },
    { id: "2", dependsOn: ["1"], request: at("/classic-batch", { method: "PATCH", headers: json, body: '{"duration":"-PT1M55.0810357S"}' }) },
    { id: "3", dependsOn: ["2"], request: at("/classic-batch", { method: "DELETE" }) },
    { id: "4", dependsOn: ["3"], request: at("/classic-batch", { method: "GET" }) },
  ]);
  const answer = new BatchResponseContent(await client.api("/$batch").post(await content.getContent()));
  assert.equal(answer.getResponseById("1").status, 201);
  const patched = answer.getResponseById("2");
  assert.equal(patched.status, 200);
  assert.equal((await patched.json()).duration, "-PT1M55.0810357S");
  assert.equal(answer.getResponseById("3").status, 204);
  // "4" came after the deletion; the classic client gives it as a Response.
  const gone = answer.getResponseById("4");
  assert.equal(gone.status, 404);
  assert.match((await gone.json()).error.code, /NotFound/);
});

test("settings: read, PATCH, and back", async () => {
  const path = "/me/analytics/settings";
  const settings = await client.api(path).get();
  assert.equal(settings.hasOptedOut, false);
  assert.equal((await client.api(path).patch({ hasLicense: true })).hasLicense, true);
});
