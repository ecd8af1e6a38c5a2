// The client is what odata2ts makes of $metadata, in .built/afterhours. The compiler is a part of the test: it
// refuses a property or a type that $metadata does not have.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FetchClient, type FetchClientError } from "@odata2ts/http-client-fetch";
import type { ODataCollectionResponseV4, ODataModelResponseV4 } from "@odata2ts/odata-core";
import { type activityStatistics, analyticsActivityType, type callActivityStatistics } from "./.built/afterhours/afterhoursModel";
import { afterhoursService, callActivityStatisticsCollectionService, callActivityStatisticsService } from "./.built/afterhours/afterhoursService";

const { AFTERHOURS_URL = "", AFTERHOURS_TOKEN = "", AFTERHOURS_APP_TOKEN = "", AFTERHOURS_USER = "" } = process.env;
const base = `${AFTERHOURS_URL}/beta`;
const connect = (token: string) => new FetchClient({ headers: { Authorization: `Bearer ${token}` } });
const client = connect(AFTERHOURS_TOKEN);
const me = new afterhoursService(client, base).me();
const users = new afterhoursService(connect(AFTERHOURS_APP_TOKEN), base).users();
const statistics = me.analytics().activityStatistics();
const calls = new callActivityStatisticsCollectionService(client, statistics.getPath(), "microsoft.graph.callActivityStatistics");
const call = (id: string) =>
  new callActivityStatisticsService(client, me.analytics().activityStatistics(id).getPath(), "microsoft.graph.callActivityStatistics");

/** Creates a call by the cast of the collection, which gives its type. */
async function create(id: string, duration: string | null = "PT1H30M") {
  const model = { id, activity: analyticsActivityType.Call, startDate: "2019-06-16", endDate: "2019-06-17", duration, afterHours: "PT30S" };
  const { status, data } = await calls.create(model);
  assert.equal(status, 201);
  return data;
}

const tagOf = (model: object) => (model as Record<string, string>)["@odata.etag"] ?? "";
const refused = (status: number) => (error: FetchClientError) => error.status === status;

test("a week: filtered, sorted, trimmed and counted", async () => {
  const { data } = await statistics.query((builder, q) =>
    builder.filter(q.activity.eq(analyticsActivityType.Call).or(q.activity.eq(analyticsActivityType.Chat)), q.duration.gt("PT0S"))
      .orderBy(q.startDate.desc(), q.id.asc()).select("id", "duration", "startDate").count().top(3));
  const counted = data as ODataCollectionResponseV4<activityStatistics>;
  assert.ok(Number(counted["@odata.count"]) > 3);
  assert.equal(data.value.length, 3);
  assert.deepEqual(data.value.map((one) => one.startDate), data.value.map((one) => one.startDate).sort().reverse());
});

test("the total alone, as grids ask for it", async () => {
  const { data } = await statistics.query((builder) => builder.count().top(0));
  assert.deepEqual(data.value, []);
  assert.ok(Number(data["@odata.count"]) >= 35);
});

test("all pages, by skip and top", async () => {
  const seen: string[] = [];
  for (let skip = 0; ; skip += 10) {
    const { data } = await statistics.query((builder, q) => builder.orderBy(q.id.asc()).skip(skip).top(10));
    seen.push(...data.value.map((one) => one.id));
    if (data.value.length < 10) break;
  }
  assert.ok(seen.length >= 35);
  assert.equal(new Set(seen).size, seen.length);
});

test("the activities that there are", async () => {
  const { data } = await statistics.query<Pick<activityStatistics, "activity">>((builder) => builder.groupBy("activity"));
  assert.deepEqual(data.value.map((one) => one.activity).sort(), ["Call", "Chat", "Email", "Focus", "Meeting"]);
});

test("what was created is read and written as its type", async () => {
  const created = await create("o2ts-types");
  const read = await call("o2ts-types").query();
  assert.equal(read.data.afterHours, "PT30S");
  assert.equal(read.data.duration, "PT1H30M");
  assert.equal(tagOf(read.data), tagOf(created));
  const { data } = await call("o2ts-types").patch({ duration: "-PT1M55.0810357S", afterHours: null });
  const patched = data as ODataModelResponseV4<callActivityStatistics>;
  assert.equal(patched.duration, "-PT1M55.0810357S");
  assert.equal(patched.afterHours, null);
  assert.equal(patched.endDate, "2019-06-17");
});

test("who was slower is told", async () => {
  const first = tagOf(await create("o2ts-conflict"));
  const one = call("o2ts-conflict");
  await one.patch({ duration: "PT1M" }, { headers: { "If-Match": first } });
  await assert.rejects(one.patch({ duration: "PT2M" }, { headers: { "If-Match": first } }), refused(412));
  assert.equal((await one.query()).data.duration, "PT1M");
});

test("PUT replaces the whole", async () => {
  await create("o2ts-put");
  const { status } = await call("o2ts-put").update({ activity: analyticsActivityType.Call, duration: "PT5M" });
  assert.ok(status === 200 || status === 204);
  const { data } = await call("o2ts-put").query();
  assert.deepEqual([data.duration, data.afterHours, data.startDate], ["PT5M", null, null]);
});

test("a property of its own is read, written and removed", async () => {
  await create("o2ts-property");
  const duration = me.analytics().activityStatistics("o2ts-property").duration();
  await duration.updateValue("PT7M");
  assert.equal(((await duration.getValue()).data as { value: string }).value, "PT7M");
  await duration.deleteValue();
  assert.equal((await duration.getValue()).status, 204);
});

test("deleted is gone", async () => {
  await create("o2ts-delete");
  await call("o2ts-delete").delete();
  await assert.rejects(call("o2ts-delete").query(), refused(404));
});

test("analytics with settings and, expanded, what was asked for", async () => {
  const { data } = await me.analytics().query((builder) =>
    builder.select("settings").expanding("activityStatistics", (expand, q) => expand.filter(q.activity.eq(analyticsActivityType.Meeting)).top(2).select("id", "activity")));
  assert.equal(data.settings.hasOptedOut, false);
  assert.deepEqual(data.activityStatistics?.map((one) => one.activity), ["Meeting", "Meeting"]);
});

test("settings change", async () => {
  await me.analytics().settings().patch({ hasLicense: true });
  assert.equal((await me.analytics().settings().query()).data.hasLicense, true);
});

test("the users of the tenant, for an application", async () => {
  const { data } = await users.query();
  assert.ok(data.value.some((one) => one.id === AFTERHOURS_USER), `${AFTERHOURS_USER} is not among ${JSON.stringify(data.value)}`);
  const user = await new afterhoursService(connect(AFTERHOURS_APP_TOKEN), base).users(AFTERHOURS_USER)
    .query((builder) => builder.expanding("analytics", (expand) => expand.select("id", "settings")));
  assert.equal(user.data.analytics?.settings.hasLicense, true);
});
