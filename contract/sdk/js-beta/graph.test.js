// The beta SDK for JavaScript over http; it sends a token to any host that its
// allowed-hosts validator lets through, and an empty validator lets all through.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AllowedHostsValidator, BaseBearerTokenAuthenticationProvider, DateOnly, Duration } from "@microsoft/kiota-abstractions";
import { HeadersInspectionOptions } from "@microsoft/kiota-http-fetchlibrary";
import { createGraphBetaServiceClient, GraphBetaRequestAdapter } from "@microsoft/msgraph-beta-sdk";
import {
  AnalyticsActivityTypeObject,
  createActivityStatisticsCollectionResponseFromDiscriminatorValue,
  createActivityStatisticsFromDiscriminatorValue,
  serializeCallActivityStatistics,
} from "@microsoft/msgraph-beta-sdk/models/index.js";
import { BatchRequestContent, PageIterator } from "@microsoft/msgraph-sdk-core";
import { errorMappings } from "./users.js";

const { AFTERHOURS_URL: url, AFTERHOURS_TOKEN: token, AFTERHOURS_OLD_TOKEN: oldToken, AFTERHOURS_APP_TOKEN: appToken } = process.env;

function connect(accessToken) {
  const adapter = new GraphBetaRequestAdapter(
    new BaseBearerTokenAuthenticationProvider({
      getAuthorizationToken: async () => accessToken,
      getAllowedHostsValidator: () => new AllowedHostsValidator(),
    }),
  );
  adapter.baseUrl = `${url}/beta`;
  return { adapter, client: createGraphBetaServiceClient(adapter) };
}

const { adapter, client } = connect(token);
const statistics = client.me.analytics.activityStatistics;
const one = (id) => statistics.byActivityStatisticsId(id);
const call = (id, more) => ({
  odataType: "#microsoft.graph.callActivityStatistics",
  id,
  activity: AnalyticsActivityTypeObject.Call,
  startDate: DateOnly.parse("2019-06-16"),
  endDate: DateOnly.parse("2019-06-17"),
  timeZoneUsed: "Pacific Standard Time",
  duration: Duration.parse("PT1H30M"),
  ...more,
});

/** The error of a request that must be refused: an ODataError, which here is a plain object. */
async function refusal(request, status) {
  const error = await request.then(() => assert.fail("the request succeeded"), (error) => error);
  assert.equal(error.responseStatusCode, status, String(error.stack ?? error.message));
  assert.equal(typeof error.errorEscaped.code, "string");
  assert.ok(error.errorEscaped.message);
  assert.ok(error.errorEscaped.innerError.requestId);
  return error.errorEscaped;
}

test("list: the demo week, typed", async () => {
  const page = await statistics.get();
  assert.equal(page.value.length, 35);
  for (const s of page.value) {
    assert.equal(s.odataType, `#microsoft.graph.${s.activity.toLowerCase()}ActivityStatistics`);
    assert.ok(s.duration instanceof Duration);
    assert.ok(s.startDate instanceof DateOnly);
    assert.equal(s.afterHours instanceof Duration, s.activity !== "Focus", s.activity);
  }
});

test("create, read, delete", async () => {
  const created = await statistics.post(call("kiota-crud"));
  assert.equal(created.id, "kiota-crud");
  const read = await one("kiota-crud").get();
  assert.equal(read.duration.toString(), "PT1H30M");
  assert.equal(read.startDate.toString(), "2019-06-16");
  assert.equal(await one("kiota-crud").delete(), undefined);
  await refusal(one("kiota-crud").get(), 404);
});

test("the documented PATCH, exact to the last digit", async () => {
  await statistics.post(call("kiota-patch"));
  const change = {
    ...call(undefined),
    startDate: DateOnly.parse("2019-06-18"),
    endDate: DateOnly.parse("2019-06-19"),
    timeZoneUsed: "Time Zone Used value",
    duration: Duration.parse("-PT1M55.0810357S"),
    afterHours: Duration.parse("-PT1M34.3242013S"),
  };
  // The builders serialize as the base type, and its serializer leaves out what the
  // derived types add (afterHours). So the content is written by the derived one.
  const request = one("kiota-patch").toPatchRequestInformation(change);
  request.setContentFromParsable(adapter, "application/json", change, serializeCallActivityStatistics);
  const updated = await adapter.send(request, createActivityStatisticsFromDiscriminatorValue, errorMappings);
  assert.equal(updated.duration.toString(), "-PT1M55.0810357S");
  assert.equal(updated.afterHours.toString(), "-PT1M34.3242013S");
  assert.equal(updated.endDate.toString(), "2019-06-19");
  const read = await one("kiota-patch").get();
  assert.equal(read.duration.toString(), "-PT1M55.0810357S");
  assert.equal(read.afterHours.toString(), "-PT1M34.3242013S");
});

test("PATCH: what was read can be sent back, null clears, absent stays", async () => {
  await statistics.post(call("kiota-merge"));
  const read = await one("kiota-merge").get();
  const same = await one("kiota-merge").patch(read);
  assert.equal(same.duration.toString(), "PT1H30M");
  const cleared = await one("kiota-merge").patch({ timeZoneUsed: null });
  assert.equal(cleared.timeZoneUsed, undefined); // this SDK reads null as undefined
  assert.equal(cleared.duration.toString(), "PT1H30M");
  assert.equal((await one("kiota-merge").patch({})).id, "kiota-merge");
});

test("page to the end with the PageIterator", async () => {
  const app = connect(appToken);
  const theirs = app.client.users.byUserId("7f1e3c6a-2b5d-4c8e-9a01-c1a551c00002").analytics.activityStatistics;
  const ids = Array.from({ length: 110 }, (_, i) => `page-${String(i).padStart(3, "0")}`);
  for (const id of ids) await theirs.post(call(id));
  const page = await theirs.get({ queryParameters: { top: 25 } });
  assert.equal(page.value.length, 25);
  const found = [];
  const pages = new PageIterator(app.adapter, page, (s) => found.push(s.id) > 0, createActivityStatisticsCollectionResponseFromDiscriminatorValue, errorMappings);
  await pages.iterate();
  assert.deepEqual(found, ids);
});

test("412: If-Match with an old entity tag", async () => {
  const seen = new HeadersInspectionOptions({ inspectResponseHeaders: true });
  await statistics.post(call("kiota-etag"), { options: [seen] });
  const etag = [...seen.getResponseHeaders().get("ETag")][0];
  const change = { duration: Duration.parse("PT2H") };
  await one("kiota-etag").patch(change, { headers: { "If-Match": etag } });
  await refusal(one("kiota-etag").patch(change, { headers: { "If-Match": etag } }), 412);
});

test("404, 409 and 400 are ODataErrors with code and message", async () => {
  assert.match((await refusal(one("missing").get(), 404)).code, /NotFound/);
  await statistics.post(call("kiota-twice"));
  await refusal(statistics.post(call("kiota-twice")), 409);
  const faulty = await refusal(one("kiota-twice").patch({ additionalData: { nonsense: 1 } }), 400);
  assert.equal(faulty.details[0].target, "nonsense");
});

test("401: an expired token", async () => {
  const error = await refusal(connect(oldToken).client.me.analytics.activityStatistics.get(), 401);
  assert.equal(error.code, "InvalidAuthenticationToken");
});

test("$filter, $orderby, $select, $count", async () => {
  const focus = await statistics.get({
    queryParameters: { filter: "activity eq 'Focus' and duration gt duration'PT0S'", orderby: ["startDate desc"], count: true },
  });
  assert.equal(focus.value.length, 5); // on each working day
  assert.equal(focus.odataCount, 5);
  const dates = focus.value.map((s) => s.startDate.toString());
  assert.deepEqual(dates, [...dates].sort().reverse());
  const slim = await statistics.get({ queryParameters: { filter: "activity eq 'Call'", select: ["id", "duration"] } });
  assert.ok(slim.value.length >= 7);
  for (const s of slim.value) {
    assert.equal(s.odataType, "#microsoft.graph.callActivityStatistics");
    assert.equal(s.startDate, undefined);
    assert.ok(s.duration instanceof Duration);
  }
});

test("$batch", async () => {
  await statistics.post(call("kiota-batch"));
  const batch = new BatchRequestContent(adapter, errorMappings);
  const read = batch.addBatchRequest(one("kiota-batch").toGetRequestInformation());
  // The SDK sends the JSON of this one as base64 text without a content type.
  const write = batch.addBatchRequest(one("kiota-batch").toPatchRequestInformation({ duration: Duration.parse("-PT1M55.0810357S") }));
  const remove = batch.addBatchRequest(one("kiota-batch").toDeleteRequestInformation());
  const missing = batch.addBatchRequest(one("missing").toGetRequestInformation());
  write.dependsOn = [read.id];
  remove.dependsOn = [write.id];
  missing.dependsOn = [remove.id];
  const answer = await batch.postAsync();
  const status = await answer.getResponsesStatusCodes();
  // Bodies of answers are read as base64 by this SDK, so that JSON is out of its reach.
  assert.deepEqual([read, write, remove, missing].map((r) => status.get(r.id)), [200, 200, 204, 404]);
});

test("analytics with its settings: read, expand, PATCH", async () => {
  const analytics = await client.me.analytics.get({ queryParameters: { expand: ["activityStatistics"] } });
  assert.equal(analytics.settings.hasOptedOut, false);
  assert.ok(analytics.activityStatistics.length >= 35);
  const changed = await client.me.analytics.patch({ settings: { hasLicense: true } });
  assert.equal(changed.settings.hasLicense, true);
});
