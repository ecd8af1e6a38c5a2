import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, formatTyped, hour, minute, parseDuration, readTyped, second } from "../src/duration.js";

const most = 2n ** 63n - 1n;

test("the server's durations, exact to 100 ns over the whole range", () => {
  const cases: [string, bigint][] = [
    ["PT0S", 0n],
    ["PT1H30M", hour + 30n * minute],
    ["P1DT12H", 36n * hour],
    ["-PT1M55.0810357S", -1_150_810_357n],
    ["PT0.0000001S", 1n],
    ["-PT0.0000001S", -1n],
    ["P10675199DT2H48M5.4775807S", most],
    ["-P10675199DT2H48M5.4775808S", -most - 1n],
    ["P1D", 24n * hour],
  ];
  for (const [text, ticks] of cases) {
    assert.equal(parseDuration(text), ticks, text);
    assert.equal(formatDuration(ticks), text);
    assert.equal(readTyped(formatTyped(ticks)), ticks, formatTyped(ticks));
    assert.equal(readTyped(text), ticks, text);
  }
});

test("what is no duration", () => {
  for (const text of ["", "P", "PT", "P1DT", "1h", "PT1.12345678S", "P1Y", "P1M", "PT1H ", "pt1h", "P-1D"]) {
    assert.equal(parseDuration(text), undefined, text);
  }
  for (const text of ["", " ", "-", "1", "h", "1h 1h", "30m 1h", "1:30", "half an hour", "1.5h", "PT"]) {
    assert.equal(readTyped(text), undefined, text);
  }
});

test("what people type", () => {
  const cases: [string, bigint][] = [
    ["1h", hour],
    ["1h 30m", hour + 30n * minute],
    [" 90 MIN ", 90n * minute],
    ["1d 2h", 26n * hour],
    ["-1m 55.5s", -minute - 55n * second - 5_000_000n],
    ["\u22121h", -hour],
    ["+2s", 2n * second],
    ["pt1h", hour],
    ["0m", 0n],
  ];
  for (const [text, ticks] of cases) assert.equal(readTyped(text), ticks, text);
});

test("what the form writes", () => {
  assert.equal(formatTyped(0n), "0m");
  assert.equal(formatTyped(36n * hour + minute), "36h 1m");
  assert.equal(formatTyped(-1_150_810_357n), "-1m 55.0810357s");
});
