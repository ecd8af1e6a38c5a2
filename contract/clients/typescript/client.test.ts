// The types are openapi-typescript's, in .built/afterhours.d.ts, and openapi-fetch is the client. The compiler
// is a part of the test: what it must refuse is marked @ts-expect-error.
import assert from "node:assert/strict";
import { test } from "node:test";
import createClient from "openapi-fetch";
import type { components, paths } from "./.built/afterhours.js";

type Statistic = components["schemas"]["activityStatistics"];

const { AFTERHOURS_URL = "", AFTERHOURS_TOKEN = "" } = process.env;
const connect = (token: string) =>
  createClient<paths>({ baseUrl: `${AFTERHOURS_URL}/beta`, headers: { Authorization: `Bearer ${token}` } });
const client = connect(AFTERHOURS_TOKEN);

const all = "/me/analytics/activityStatistics";
const one = "/me/analytics/activityStatistics/{activityStatistics-id}";
const named = (id: string) => ({ path: { "activityStatistics-id": id } });

/** Creates a call, which the server names in its answer. */
async function create(id: string) {
  const { data, error, response } = await client.POST(all, {
    body: {
      "@odata.type": "#microsoft.graph.callActivityStatistics",
      id,
      activity: "Call",
      startDate: "2019-06-16",
      endDate: "2019-06-17",
      timeZoneUsed: "Pacific Standard Time",
      duration: "PT1H30M",
      afterHours: "PT30S",
    },
  });
  assert.ok(data, error?.error.message);
  assert.equal(response.status, 201);
  return data;
}

async function read(id: string) {
  const { data, error } = await client.GET(one, { params: named(id) });
  assert.ok(data, error?.error.message);
  assert.ok(data["@odata.type"] === "#microsoft.graph.callActivityStatistics");
  return data; // of this type from here on, with afterHours
}

/** What a statistic has beyond the common properties, by its type; a sixth type would not compile. */
function own(statistic: Statistic): (string | null | undefined)[] {
  switch (statistic["@odata.type"]) {
    case "#microsoft.graph.callActivityStatistics":
    case "#microsoft.graph.chatActivityStatistics":
      return [statistic.afterHours];
    case "#microsoft.graph.emailActivityStatistics":
      return [statistic.afterHours, statistic.readEmail, statistic.sentEmail];
    case "#microsoft.graph.focusActivityStatistics":
      // @ts-expect-error focus is never after hours
      assert.equal(statistic.afterHours, undefined);
      return [];
    case "#microsoft.graph.meetingActivityStatistics":
      return [statistic.afterHours, statistic.conflicting, statistic.long, statistic.multitasking, statistic.organized, statistic.recurring];
    default:
      return statistic satisfies never;
  }
}

test("what was created is read back with its type", async () => {
  const created = await create("ts-read");
  const call = await read("ts-read");
  assert.equal(call["@odata.etag"], created["@odata.etag"]);
  assert.equal(call.afterHours satisfies string | null | undefined, "PT30S");
  assert.equal(call.duration satisfies string | null | undefined, "PT1H30M");
  assert.equal(call.activity satisfies "Call" | "Chat" | "Email" | "Focus" | "Meeting" | undefined, "Call");
  // @ts-expect-error only email has it
  assert.equal(call.readEmail, undefined);
});

test("the documented PATCH, to the last digit", async () => {
  await create("ts-patch");
  const { data, error } = await client.PATCH(one, {
    params: named("ts-patch"),
    body: {
      "@odata.type": "#microsoft.graph.callActivityStatistics",
      activity: "Call",
      startDate: "2019-06-18",
      endDate: "2019-06-19",
      timeZoneUsed: "Time Zone Used value",
      duration: "-PT1M55.0810357S",
      afterHours: "-PT1M34.3242013S",
    },
  });
  assert.ok(data, error?.error.message);
  const call = await read("ts-patch");
  assert.equal(call["@odata.etag"], data["@odata.etag"]);
  assert.equal(call.startDate, "2019-06-18");
  assert.equal(call.timeZoneUsed, "Time Zone Used value");
  assert.equal(call.duration, "-PT1M55.0810357S");
  assert.equal(call.afterHours, "-PT1M34.3242013S");
});

test("PATCH leaves what is absent and clears what is null", async () => {
  await create("ts-merge");
  const { error } = await client.PATCH(one, { params: named("ts-merge"), body: { afterHours: null, timeZoneUsed: "UTC" } });
  assert.equal(error, undefined);
  const call = await read("ts-merge");
  assert.equal(call.afterHours, null);
  assert.equal(call.timeZoneUsed, "UTC");
  assert.equal(call.duration, "PT1H30M");

  // @ts-expect-error absent is not undefined, and not null where null is not allowed
  const wrong: components["schemas"]["activityStatisticsUpdate"][] = [{ duration: undefined }, { activity: null }, { activity: "Calls" }];
  assert.equal(wrong.length, 3);
});

test("a list is read to its end, page by page", async () => {
  const pages: Statistic[][] = [];
  const query = { $filter: "activity eq 'Focus' or activity eq 'Email'", $top: 4 };
  let link: string | undefined;
  do {
    const $skiptoken = link && new URL(link).searchParams.get("$skiptoken");
    const { data, error } = await client.GET(all, { params: { query: { ...query, ...($skiptoken && { $skiptoken }) } } });
    assert.ok(data, error?.error.message);
    pages.push(data.value);
    link = data["@odata.nextLink"];
  } while (link);
  assert.deepEqual(pages.map((page) => page.length), [4, 4, 4, 2]);
  assert.equal(new Set(pages.flat().map(({ id }) => id)).size, 14); // two a day
});

test("each of the five types is told by @odata.type", async () => {
  const { data } = await client.GET(all, { params: { query: { $filter: "startDate gt 2020-01-01", $count: true } } });
  assert.equal(data?.["@odata.count"], 35);
  const sizes = Object.fromEntries(data.value.map((statistic) => [statistic.activity, own(statistic).filter((d) => typeof d === "string").length]));
  assert.deepEqual(sizes, { Call: 1, Chat: 1, Email: 3, Focus: 0, Meeting: 6 });
});

test("a stale entity tag is refused, the fresh one is not", async () => {
  const stale = (await create("ts-etag"))["@odata.etag"];
  const change = (timeZoneUsed: string, tag: string) =>
    client.PATCH(one, { params: { ...named("ts-etag"), header: { "If-Match": tag } }, body: { timeZoneUsed } });
  const fresh = (await change("first", stale)).data?.["@odata.etag"];
  assert.ok(fresh && fresh !== stale);
  const refused = await change("second", stale);
  assert.equal(refused.response.status, 412);
  assert.equal(refused.error?.error.code, "resourceModified");
  assert.equal((await read("ts-etag")).timeZoneUsed, "first");
  assert.equal((await change("third", fresh)).data?.timeZoneUsed, "third");
});

test("errors are the contract's", async () => {
  await create("ts-errors");
  // @ts-expect-error no such property, and an impossible value
  const body: components["schemas"]["activityStatisticsUpdate"] = { nonsense: 1, duration: "an hour" };
  const faulty = await client.PATCH(one, { params: named("ts-errors"), body });
  assert.equal(faulty.response.status, 400);
  const details = faulty.error?.error.details?.map(({ target = "", code }) => [target, code]);
  assert.deepEqual(Object.fromEntries(details ?? []), { duration: "invalidValue", nonsense: "unknownProperty" });
  const missing = await client.GET(one, { params: named("missing") });
  assert.equal(missing.response.status, 404);
  assert.equal(missing.error?.error.code, "ResourceNotFound");
  const stranger = await connect("no token").GET(all);
  assert.ok(stranger.error, "an answer to a stranger");
  assert.equal(stranger.response.status, 401);
  assert.equal(stranger.error.error.code satisfies components["schemas"]["errorCode"], "InvalidAuthenticationToken");
  assert.ok(stranger.error.error.innerError["request-id"]);
});
