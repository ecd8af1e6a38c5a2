import assert from "node:assert/strict";
import { test } from "node:test";
import { columnOf, readSheet, writeSheet } from "../src/columns.js";
import { parseCSV, writeCSV } from "../src/csv.js";
import type { Statistic } from "../src/statistics.js";

test("CSV as in RFC 4180", () => {
  const cases: [string, string[][], number[]][] = [
    ["", [], []],
    ["\ufeffa,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]], [1, 2]],
    ["a\n\n\nb", [["a"], ["b"]], [1, 4]],
    ['"a ""b"", c","d\ne"\nf,g\n', [['a "b", c', "d\ne"], ["f", "g"]], [1, 3]],
    ["a,\n,b", [["a", ""], ["", "b"]], [1, 2]],
    ["a,", [["a", ""]], [1]],
    ["a\rb\r", [["a"], ["b"]], [1, 2]],
    ['""\n', [[""]], [1]],
  ];
  for (const [text, cells, lines] of cases) {
    const rows = parseCSV(text);
    assert.deepEqual(rows.map((row) => row.cells), cells, JSON.stringify(text));
    assert.deepEqual(rows.map((row) => row.line), lines, JSON.stringify(text));
  }
  for (const text of ['a"b', '"a', '"a"b', 'x\n"']) assert.throws(() => parseCSV(text), SyntaxError, text);
  assert.deepEqual(parseCSV(writeCSV(["a", 'b"', "c,\r\n", ""]))[0]?.cells, ["a", 'b"', "c,\r\n", ""]);
});

test("a sheet becomes statistics", () => {
  const { items, refusals } = readSheet(
    [
      "statisticid,StatisticType,MetricDate,EndDate,TimeZone,Duration,AfterHours,ReadEmail",
      ",call,2026-11-16,2026-11-17,UTC,1.5,,",
      'x,#microsoft.graph.emailActivityStatistics,2026-11-16,,"""=1+1""",PT1H,-0.25,PT5M',
      ",focus,2026-11-16,,,soon,,",
      "y,walk,2026-11-16,2026-11-17,UTC,PT1H,,",
      "too,few",
    ].join("\n"),
  );
  const focus = { startDate: "2026-11-16", endDate: null, timeZoneUsed: null, duration: "soon" };
  assert.deepEqual(
    items.map(({ line, id, body }) => [line, id, body]),
    [
      [2, "call_2026-11-16_2026-11-17", { "@odata.type": "#microsoft.graph.callActivityStatistics", startDate: "2026-11-16", endDate: "2026-11-17", timeZoneUsed: "UTC", duration: "PT1H30M", afterHours: null }],
      [3, "x", { "@odata.type": "#microsoft.graph.emailActivityStatistics", startDate: "2026-11-16", endDate: null, timeZoneUsed: "=1+1", duration: "PT1H", afterHours: "-PT15M", readEmail: "PT5M" }],
      [4, "", { "@odata.type": "#microsoft.graph.focusActivityStatistics", ...focus }],
      [5, "y", { "@odata.type": "walk", startDate: "2026-11-16", endDate: "2026-11-17", timeZoneUsed: "UTC", duration: "PT1H" }],
    ],
  );
  assert.deepEqual(refusals.map(({ line }) => line), [6]);
  assert.throws(() => readSheet("Mood,Duration\n"), /Unknown columns: Mood/);
  assert.throws(() => readSheet("PersonId;StatisticType\n"), /separate them by commas/);
  assert.throws(() => readSheet(""), /empty/);
  assert.equal(columnOf("startDate"), "MetricDate");
  assert.equal(columnOf("mood"), "mood");
});

test("what is exported is imported", () => {
  const statistic: Statistic = {
    "@odata.type": "#microsoft.graph.meetingActivityStatistics", "@odata.etag": "", id: "m", activity: "Meeting", startDate: "2026-11-16", endDate: null,
    timeZoneUsed: '=HYPERLINK("x,y")', duration: "-PT1M55.0810357S", afterHours: "PT0S", conflicting: null, long: null, multitasking: null, organized: "PT1H", recurring: null,
  };
  const text = writeSheet("tenant", "person", [statistic, { ...statistic, timeZoneUsed: "" }]);
  const { items } = readSheet(text);
  const { "@odata.etag": _, id, ...body } = statistic;
  assert.deepEqual(items.map((item) => [item.person, item.id, item.body]), [["person", id, body], ["person", id, { ...body, timeZoneUsed: "" }]]);
  assert.equal(parseCSV(text)[1]?.cells[7], '"=HYPERLINK("x,y")"'); // no formula for a spreadsheet
});
