import assert from "node:assert/strict";
import { test } from "node:test";
import { hour, minute } from "../src/duration.js";
import { scaleOf } from "../src/scale.js";
import { extent, stack } from "../src/stack.js";
import { sumDays, sumWeeks, totals, typeName, type Activity, type Statistic } from "../src/statistics.js";

function statistic(activity: Activity, startDate: string | null, duration: string | null, afterHours?: string | null): Statistic {
  return { "@odata.type": typeName(activity), "@odata.etag": "", id: "", startDate, duration, ...(afterHours !== undefined && { afterHours }) };
}

test("days and weeks are exact sums", () => {
  const all = [
    statistic("Call", "2026-11-16", "PT0.0000001S", "-PT0.0000001S"),
    statistic("Call", "2026-11-16", "PT1H", "PT30M"),
    statistic("Meeting", "2026-11-16", "PT2H", null),
    statistic("Focus", "2026-11-22", "PT3H"),
    statistic("Email", "2026-11-23", "PT9H", "PT9H"), // of the week after
    statistic("Email", null, "PT9H"),
    statistic("Chat", "2026-11-20", null, "PT1M"),
    { ...statistic("Chat", "2026-11-20", "PT1H"), "@odata.type": "#microsoft.graph.other" },
  ];
  const days = sumDays("2026-11-16", all);
  assert.equal(days[0]?.all, 3n * hour + 1n);
  assert.equal(days[0]?.parts.Call.afterHours, 30n * minute - 1n);
  assert.equal(days[0]?.parts.Call.statistics.length, 2);
  assert.deepEqual(totals(days), { Meeting: 2n * hour, Email: 0n, Focus: 3n * hour, afterHours: 31n * minute - 1n });
  const weeks = sumWeeks("2026-11-16", all);
  assert.equal(weeks.length, 12);
  assert.equal(weeks[0]?.start, "2026-08-31");
  assert.equal(weeks[11]?.all, 7n * hour + 1n); // of every type, known or not
  assert.equal(weeks[10]?.all, 0n);
});

test("a bar is stacked in one order, after hours on top, negative pieces below", () => {
  const [day] = sumDays("2026-11-16", [
    statistic("Call", "2026-11-16", "-PT2M", "-PT90S"),
    statistic("Chat", "2026-11-16", "PT1H", "PT30M"),
    statistic("Meeting", "2026-11-16", "PT2H"),
    statistic("Email", "2026-11-16", "PT10M", "PT20M"), // more after hours than in all: its hours are negative
  ]);
  assert.ok(day);
  const pieces = stack(day);
  assert.deepEqual(
    pieces.map(({ activity, isAfterHours, from, to }) => [activity, isAfterHours, from / minute, to / minute]),
    [
      ["Meeting", false, 0n, 120n],
      ["Email", false, 0n, -10n],
      ["Chat", false, 120n, 150n],
      ["Call", false, -10n, -10n],
      ["Email", true, 150n, 170n],
      ["Chat", true, 170n, 200n],
      ["Call", true, -10n, -12n],
    ],
  );
  assert.deepEqual(extent([pieces]), [-12n * minute, 200n * minute]);
});

test("scales have round steps, zero, and room for every value", () => {
  const cases: [bigint, bigint][] = [[0n, 0n], [0n, 1n], [0n, 470n * minute], [-2n * minute, 400n * minute], [-400n * minute, 2n * minute], [-5n * hour, 5n * hour], [0n, 2n ** 63n], [-(2n ** 63n), 0n]];
  for (const [lowest, highest] of cases) {
    const scale = scaleOf(lowest, highest);
    assert.ok(scale.lowest <= lowest && scale.highest >= highest, `${lowest} ${highest}`);
    assert.ok(scale.lines.includes(0n));
    assert.ok(scale.lines.length <= 6, `${scale.lines}`);
    assert.ok(scale.highest > scale.lowest);
  }
  assert.deepEqual(scaleOf(0n, 470n * minute).lines.map((line) => line / hour), [0n, 2n, 4n, 6n, 8n]);
  assert.equal(scaleOf(-2n * minute, 400n * minute).lowest, -30n * minute);
});
