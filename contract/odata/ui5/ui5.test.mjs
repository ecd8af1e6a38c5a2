// OpenUI5's OData V4 model in its default group mode, $auto: all requests but that for the metadata are multipart batches.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { api, open, reset } from "./browser.mjs";

const root = "/beta/me/analytics/activityStatistics";
const meetings = `${root}?$filter=activity eq 'Meeting'&$orderby=startDate desc`;

beforeEach(reset);

/** Lets the page make a list of meetings, the last first. */
const bind = (page) =>
  page.evaluate(() => {
    const { Sorter } = globalThis.ui5;
    globalThis.list = globalThis.model.bindList("/me/analytics/activityStatistics", undefined, [new Sorter("startDate", true)], [], { $count: true, $filter: "activity eq 'Meeting'" });
  });

/** The ids and durations of some elements of the list. */
const read = (page, start, length) =>
  page.evaluate(
    async ([start, length]) => (await globalThis.list.requestContexts(start, length)).map((context) => [context.getProperty("id"), context.getProperty("duration")]),
    [start, length],
  );

/** Changes the durations of the first elements, in a deferred group if it is given. Returns what became of each change. */
const change = (page, durations, group) =>
  page.evaluate(
    async ([durations, group]) => {
      const contexts = globalThis.list.getAllCurrentContexts();
      const changes = durations.map((duration, n) => contexts[n].setProperty("duration", duration, group));
      if (group) await globalThis.model.submitBatch(group);
      const results = await Promise.allSettled(changes);
      return results.map(({ status, reason }) => [status, reason?.status]);
    },
    [durations, group],
  );

/** Fails unless all requests but those of the metadata are multipart batches. */
function onlyBatches(sent) {
  const others = sent.filter((request) => !request.url().endsWith("$metadata"));
  assert.ok(others.length > 0);
  for (const request of others) {
    assert.match(`${request.method()} ${request.url()} ${request.headers()["content-type"]}`, /^POST \S+\/\$batch multipart\/mixed; ?boundary=/);
  }
}

test("a list with count, filter and sorter, which grows", async () => {
  const { page, sent } = await open();
  await bind(page);
  const { value } = await api("GET", meetings);
  assert.ok(value.length > 4);
  const all = value.map(({ id, duration }) => [id, duration]);
  assert.deepEqual(await read(page, 0, 2), all.slice(0, 2));
  assert.equal(await page.evaluate(() => globalThis.list.getCount()), value.length);
  assert.deepEqual(await read(page, 2, 2), all.slice(2, 4)); // by $skip and $top
  assert.deepEqual(await read(page, 0, 100), all);
  const since = value[1].startDate;
  const filtered = await page.evaluate(async (since) => {
    const { Filter } = globalThis.ui5;
    globalThis.list.filter(new Filter("startDate", "GE", since));
    return (await globalThis.list.requestContexts(0, 10)).length;
  }, since);
  assert.equal(filtered, 2);
  onlyBatches(sent);
});

test("an edit, and one that meets a change of somebody else", async () => {
  const { page, sent } = await open();
  await bind(page);
  const [[id]] = await read(page, 0, 2);
  assert.deepEqual(await change(page, ["PT1H7M"]), [["fulfilled", undefined]]);
  assert.equal((await api("GET", `${root}/${id}`)).duration, "PT1H7M");
  assert.deepEqual(await change(page, ["PT1H8M"]), [["fulfilled", undefined]]); // with the entity tag of the response
  await api("PATCH", `${root}/${id}`, { duration: "PT4H" });
  assert.deepEqual(await change(page, ["PT2H"]), [["rejected", 412]]);
  assert.equal((await api("GET", `${root}/${id}`)).duration, "PT4H"); // nothing is lost
  await page.evaluate(() => globalThis.list.requestRefresh());
  assert.equal((await read(page, 0, 1))[0][1], "PT4H");
  onlyBatches(sent);
});

test("a deferred group is one change set: both changes, or none", async () => {
  const { page, sent } = await open();
  await bind(page);
  const ids = (await read(page, 0, 2)).map(([id]) => id);
  const stored = () => Promise.all(ids.map(async (id) => (await api("GET", `${root}/${id}`)).duration));
  const before = sent.length;
  assert.deepEqual(await change(page, ["PT1H1M", "PT1H2M"], "changes"), [["fulfilled", undefined], ["fulfilled", undefined]]);
  assert.deepEqual(await stored(), ["PT1H1M", "PT1H2M"]);
  assert.equal(sent.length, before + 1);
  assert.equal(sent.at(-1).postData().match(/^PATCH /gm).length, 2);
  await api("PATCH", `${root}/${ids[1]}`, { duration: "PT4H" });
  const refused = await change(page, ["PT2H1M", "PT2H2M"], "changes");
  assert.deepEqual(refused, [["rejected", 412], ["rejected", 412]]);
  assert.deepEqual(await stored(), ["PT1H1M", "PT4H"]);
  onlyBatches(sent);
});

test("a statistic is created and deleted", async () => {
  const { page, sent } = await open();
  await bind(page);
  await read(page, 0, 2);
  await page.evaluate(async () => {
    globalThis.made = globalThis.list.create({ "@odata.type": "#microsoft.graph.meetingActivityStatistics", id: "ui5", startDate: "2026-01-02", duration: "PT5M" });
    await globalThis.made.created();
  });
  assert.equal((await api("GET", `${root}/ui5`)).duration, "PT5M");
  await page.evaluate(() => globalThis.made.delete());
  await assert.rejects(api("GET", `${root}/ui5`), /404/);
  onlyBatches(sent);
});
