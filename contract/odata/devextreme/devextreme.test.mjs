// DevExtreme's data layer, which its grids and charts stand on: ODataStore, DataSource and ODataContext.
import "./browser.mjs";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const { DataSource, ODataContext, ODataStore } = createRequire(import.meta.url)("devextreme/common/data");
const { AFTERHOURS_URL, AFTERHOURS_TOKEN } = process.env;
const analytics = `${AFTERHOURS_URL}/beta/me/analytics`;

const beforeSend = (request) => {
  request.headers = { ...request.headers, Authorization: `Bearer ${AFTERHOURS_TOKEN}` };
};
const options = { version: 4, key: "id", keyType: "String", beforeSend };
const store = new ODataStore({ ...options, url: `${analytics}/activityStatistics` });

const create = (id, more) => store.insert({ "@odata.type": "#microsoft.graph.callActivityStatistics", id, activity: "Call", duration: "PT1H", ...more });

test("a page: filtered, sorted, trimmed and counted", async () => {
  const source = new DataSource({
    store,
    filter: [["activity", "=", "Meeting"], "and", ["duration", ">", "PT0S"]],
    sort: [{ selector: "startDate", desc: true }],
    select: ["id", "startDate"],
    pageSize: 2,
    requireTotalCount: true,
  });
  const [first, second] = await source.load();
  assert.ok(source.totalCount() > 2);
  assert.ok(first.startDate > second.startDate);
  assert.equal(first.activity, undefined);
});

test("the total alone, which is $top=0", async () => {
  assert.equal(await store.totalCount({ filter: ["activity", "=", "Call"] }), 7);
});

test("a filter of a date column, which DevExtreme writes as times", async () => {
  await create("dx-before", { startDate: "2019-02-01" });
  await create("dx-within", { startDate: "2019-02-02" });
  await create("dx-after", { startDate: "2019-02-03" });
  const day = [["startDate", ">=", new Date(2019, 1, 2)], "and", ["startDate", "<", new Date(2019, 1, 3)]];
  const found = await store.load({ filter: day });
  assert.deepEqual(found.map(({ id }) => id), ["dx-within"]);
});

test("a search over columns, and what is not", async () => {
  const source = new DataSource({ store, searchExpr: ["id", "timeZoneUsed"], searchOperation: "contains", searchValue: "CALL_" });
  const calls = await source.load();
  assert.equal(calls.length, 7);
  const others = await store.load({ filter: ["!", ["id", "startswith", "call"]] });
  assert.ok(others.length >= 28);
});

test("pages of a data source, until the last", async () => {
  const source = new DataSource({ store, pageSize: 10, requireTotalCount: true, sort: "id", filter: ["activity", "<>", "Call"] });
  const seen = new Set();
  for (let page = 0; page === 0 || !source.isLastPage(); page++) {
    source.pageIndex(page);
    (await source.load()).forEach(({ id }) => seen.add(id));
  }
  assert.equal(seen.size, 28);
  assert.equal(source.totalCount(), 28);
});

test("a statistic is created, read by its key, changed and deleted", async () => {
  await create("dx");
  assert.equal((await store.byKey("dx")).duration, "PT1H");
  await store.update("dx", { duration: "PT2H" });
  assert.equal((await store.byKey("dx")).duration, "PT2H");
  await assert.rejects(create("dx"), (error) => error.httpStatus === 409);
  await store.remove("dx");
  await assert.rejects(store.byKey("dx"), (error) => error.httpStatus === 404 && error.message.includes("'dx'"));
});

test("a context, and what is in the analytics", async () => {
  const context = new ODataContext({ url: analytics, version: 4, beforeSend, entities: { activityStatistics: { key: "id", keyType: "String" } } });
  assert.equal((await context.activityStatistics.load({ take: 3 })).length, 3);
  const whole = await new ODataStore({ ...options, url: analytics }).load({ expand: ["activityStatistics"], select: ["id", "activityStatistics.id"] });
  assert.ok(whole.activityStatistics.length >= 35);
});
