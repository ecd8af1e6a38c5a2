import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { activities } from "../src/statistics.js";
import { colourOf, contrast, difference, seen, sights, type Colour } from "./colour.js";

const css = readFileSync("src/style/page.css", "utf8");
const themes = ["light", "dark"] as const;

/** The colour of the page in a theme. */
function named(name: string, theme: (typeof themes)[number]): Colour {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\);`).exec(css);
  assert.ok(found, `page.css has no --${name}`);
  return colourOf(found[theme === "light" ? 1 : 2] ?? "");
}

test("the measures themselves", () => {
  const [black, white, red, green] = ["#000000", "#ffffff", "#ff0000", "#00ff00"].map(colourOf) as [Colour, Colour, Colour, Colour];
  assert.equal(contrast(black, white), 21);
  assert.ok(Math.abs(contrast(colourOf("#767676"), white) - 4.54) < 0.01);
  assert.ok(Math.abs(difference(black, white) - 100) < 0.01);
  assert.equal(difference(red, red), 0);
  const [cherry, leaf] = [colourOf("#b04040"), colourOf("#507030")]; // mixed up without red or green cones
  for (const sight of [sights.protanope, sights.deuteranope]) assert.ok(difference(seen(cherry, sight), seen(leaf, sight)) < difference(cherry, leaf) / 2);
  assert.ok(difference(seen(red, sights.tritanope), seen(green, sights.tritanope)) > 40);
});

for (const theme of themes) {
  test(`what is drawn has a contrast of 3:1 to the panel (WCAG 1.4.11), ${theme}`, () => {
    for (const name of [...activities, "after", "border", "accent"]) {
      const found = contrast(named(name, theme), named("panel", theme));
      assert.ok(found >= 3, `--${name} has ${found.toFixed(2)}`);
    }
  });

  test(`texts have a contrast of 4.5:1, ${theme}`, () => {
    for (const [text, ground] of [["text", "panel"], ["muted", "panel"], ["muted", "page"], ["muted", "field"], ["accent", "panel"], ["danger", "panel"], ["after", "panel"], ["on-accent", "accent"], ["text", "tint"], ["page", "text"]] as const) {
      const found = contrast(named(text, theme), named(ground, theme));
      assert.ok(found >= 4.5, `--${text} on --${ground} has ${found.toFixed(2)}`);
    }
  });

  for (const [name, sight] of Object.entries(sights)) {
    test(`the activities are told apart by a ${name}, ${theme}`, () => {
      for (const [index, a] of activities.entries()) {
        for (const b of activities.slice(index + 1)) {
          const found = difference(seen(named(a, theme), sight), seen(named(b, theme), sight));
          assert.ok(found >= 8, `${a} and ${b} differ by ${found.toFixed(1)}`);
        }
      }
    });
  }
}
