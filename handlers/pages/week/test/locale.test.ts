import assert from "node:assert/strict";
import { test } from "node:test";
import { hour, minute, second } from "../src/duration.js";
import { directionOf, firstDayIn, firstDayOf, words } from "../src/locale.js";

const plain = (text: string) => text.replace(/[\s\u200e\u200f]+/g, " ");

test("durations in English", () => {
  const { duration, hours } = words("en-US");
  const cases: [bigint, string][] = [
    [0n, "0m"],
    [25n * minute, "25m"],
    [7n * hour + 5n * minute, "7h 05m"],
    [7n * hour + 59n * second, "7h 00m"],
    [10n * minute + 59n * second, "10m"],
    [9n * minute + 59n * second, "9m 59s"],
    [minute + 5n * second, "1m 05s"],
    [-1_150_810_357n, "-1m 55s"],
    [-hour - 30n * minute, "-1h 30m"],
    [second, "1s"],
    [1n, "0.0000001s"],
    [-1n, "-0.0000001s"],
    [1000n * hour, "1000h 00m"],
  ];
  for (const [ticks, text] of cases) assert.equal(plain(duration(ticks)), text);
  assert.equal(hours(6n * hour), "6h");
  assert.equal(hours(6n * hour + 46n * minute), "6.8h");
  assert.equal(hours(-3n * hour), "-3h");
});

test("durations and dates in other languages", () => {
  assert.match(plain(words("de-DE").duration(7n * hour + 5n * minute)), /^7 ?(Std\.|h) 05 ?(Min\.|min)$/);
  assert.match(words("ar-EG").duration(25n * minute), /٢٥/);
  for (const locale of ["de-DE", "ar-EG", "ru-RU"]) assert.equal(words(locale).duration(7n * hour + 5n * minute).split(" ").length, 2, "a line may end between hours and minutes alone");
  assert.match(words("fr-FR").day("2026-11-16", "long"), /lundi 16 novembre/);
  assert.equal(words("en-GB").day("2026-11-16", "medium").replace(",", ""), "Mon 16 Nov");
  assert.match(plain(words("en-GB").range("2026-12-28", 7)), /^28 December 2026 ?– ?3 January 2027$/);
  assert.match(words("th-TH").range("2026-12-28", 7), /2027|๒๕๗๐|2570/);
});

test("the first day of the week", () => {
  const cases: [string, number][] = [["en-US", 7], ["en-GB", 1], ["de", 1], ["ar-EG", 6], ["he-IL", 7], ["pt-BR", 7], ["en", 7]];
  for (const [locale, day] of cases) {
    assert.equal(firstDayOf(locale), day, locale);
    assert.equal(firstDayIn(new Intl.Locale(locale).maximize().region ?? ""), day, locale); // as in Firefox
  }
  assert.equal(firstDayIn(""), 1);
});

test("the direction", () => {
  for (const locale of ["ar", "ar-EG", "he", "fa-IR", "ur"]) assert.equal(directionOf(locale), "rtl", locale);
  for (const locale of ["en", "de-CH", "ja", "az"]) assert.equal(directionOf(locale), "ltr", locale);
});
