import assert from "node:assert/strict";
import { test } from "node:test";
import { addDays, daysOf, isDate, lastCompleteWeek, today, weekOf } from "../src/week.js";

test("weeks go over the ends of months, years and summer time", () => {
  const cases: [date: string, firstDay: number, week: string][] = [
    ["2026-11-16", 1, "2026-11-16"],
    ["2026-11-15", 1, "2026-11-09"],
    ["2026-11-15", 7, "2026-11-15"],
    ["2026-11-14", 7, "2026-11-08"],
    ["2026-11-13", 6, "2026-11-07"],
    ["2026-01-01", 1, "2025-12-29"],
    ["2024-03-01", 1, "2024-02-26"],
    ["2026-03-29", 1, "2026-03-23"], // summer time begins in Europe
    ["2026-10-26", 1, "2026-10-26"], // the day after it ends
    ["0001-01-03", 1, "0001-01-01"],
  ];
  for (const [date, firstDay, week] of cases) {
    assert.equal(weekOf(date, firstDay), week, `${date} from ${firstDay}`);
    assert.equal(daysOf(week)[0], week);
    assert.ok(daysOf(week).includes(date));
  }
  assert.deepEqual(daysOf("2026-12-28").slice(3, 5), ["2026-12-31", "2027-01-01"]);
});

test("every week of ten years has seven days, and is the week of each", () => {
  for (let week = "2020-12-28"; week < "2031"; week = addDays(week, 7)) {
    const days = daysOf(week);
    assert.equal(new Set(days).size, 7);
    for (const day of days) assert.equal(weekOf(day, 1), week);
  }
});

test("today is the date on the person's clock", () => {
  assert.equal(today(new Date(2026, 2, 29, 23, 59)), "2026-03-29");
  assert.equal(today(new Date(2026, 2, 29, 0, 0)), "2026-03-29");
  assert.equal(lastCompleteWeek(new Date(2026, 10, 25), 7), "2026-11-15");
  assert.equal(lastCompleteWeek(new Date(2026, 10, 25), 1), "2026-11-16");
  assert.equal(lastCompleteWeek(new Date(2026, 10, 22), 7), "2026-11-15"); // a Sunday: the week before has just ended
});

test("dates that exist", () => {
  for (const date of ["2026-11-16", "2024-02-29", "0001-01-01", "9999-12-31"]) assert.ok(isDate(date), date);
  for (const date of ["", "2026-02-29", "2026-13-01", "2026-1-1", "2026-11-16T00:00", "20261116", "<script>"]) assert.ok(!isDate(date), date);
});
