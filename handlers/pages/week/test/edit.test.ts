import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, deleteOf, draftOf, fieldsOf, newDraft, patchOf, postOf, restoreOf, revertOf, written } from "../src/edit.js";
import { activities, ownDurations, type Statistic } from "../src/statistics.js";

const root = "/beta/me/analytics";
const call: Statistic = {
  "@odata.type": "#microsoft.graph.callActivityStatistics",
  "@odata.etag": 'W/"a"',
  id: "call ü",
  activity: "Call",
  startDate: "2026-11-16",
  endDate: null,
  timeZoneUsed: " UTC ",
  duration: "-PT1M55.0810357S",
  afterHours: "PT0S",
};
const fields = fieldsOf("Call", false);

test("a draft that is not touched changes nothing", () => {
  const draft = draftOf(call, fields);
  assert.deepEqual(draft, { duration: "-1m 55.0810357s", afterHours: "0m", timeZoneUsed: " UTC ", startDate: "2026-11-16", endDate: "" });
  assert.deepEqual(changesOf(call, draft, fields), {});
});

test("only what is changed is sent, null for an empty field, and unreadable texts as they are", () => {
  const change = (draft: Record<string, string>) => changesOf(call, { ...draftOf(call, fields), ...draft }, fields);
  assert.deepEqual(change({ duration: "1h 30m" }), { duration: "PT1H30M" });
  assert.deepEqual(change({ duration: "PT90M", afterHours: " " }), { duration: "PT1H30M", afterHours: null });
  assert.deepEqual(change({ duration: "an hour", endDate: " never " }), { duration: "an hour", endDate: "never" });
  assert.deepEqual(change({ timeZoneUsed: "" }), { timeZoneUsed: null });
  assert.deepEqual(change({ afterHours: "0h", duration: "-115.0810357s" }), {}); // the same in other words
});

test("the requests", () => {
  const path = "/beta/me/analytics/activityStatistics/call%20%C3%BC";
  const patch = patchOf(root, call, { duration: "PT1H" });
  assert.deepEqual(patch, { method: "PATCH", path, headers: { "If-Match": 'W/"a"' }, body: { "@odata.type": call["@odata.type"], duration: "PT1H" } });
  assert.equal(written(patch), `PATCH ${path}\nIf-Match: W/"a"\n\n{\n  "@odata.type": "#microsoft.graph.callActivityStatistics",\n  "duration": "PT1H"\n}`);
  assert.deepEqual(deleteOf(root, call), { method: "DELETE", path, headers: { "If-Match": 'W/"a"' } });
  const { "@odata.etag": _, ...kept } = call;
  assert.deepEqual(restoreOf(root, { ...call, "@odata.context": "x", "duration@odata.type": "y" }).body, kept);
  assert.deepEqual(revertOf(root, call, { ...call, "@odata.etag": 'W/"b"' }, { endDate: "2026-11-17" }), { method: "PATCH", path, headers: { "If-Match": 'W/"b"' }, body: { "@odata.type": call["@odata.type"], endDate: null } });
  const created = fieldsOf("Call", true);
  assert.deepEqual(postOf(root, "Call", { ...newDraft("2026-12-31", "UTC", created), duration: "5m" }, created).body, {
    "@odata.type": "#microsoft.graph.callActivityStatistics", duration: "PT5M", timeZoneUsed: "UTC", startDate: "2026-12-31", endDate: "2027-01-01",
  });
});

test("each activity has the fields of its type", () => {
  for (const activity of activities) {
    const names = fieldsOf(activity, false).map(({ name }) => name);
    for (const name of ["duration", "startDate", "endDate", "timeZoneUsed", ...ownDurations[activity]]) assert.ok(names.includes(name), `${activity} ${name}`);
    assert.equal(new Set(names).size, names.length);
    assert.equal(names.includes("afterHours"), activity !== "Focus");
  }
});
