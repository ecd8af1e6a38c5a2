// The picture of the terminal is what serve --demo shows. With PICTURES=write it is made anew.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { draw, record } from "./terminal.mjs";

const file = fileURLToPath(new URL("../../docs/pictures/terminal.svg", import.meta.url));

test("the terminal", async () => {
  const picture = await draw("go run . serve --demo", await record());
  if (process.env.PICTURES === "write") writeFileSync(file, picture);
  assert.equal(readFileSync(file, "utf8"), picture, "terminal.svg differs; if the terminal is right, run contract/pages/pictures and look at what it writes");
});
