// The pictures of the documents are what the pages look like. With PICTURES=write they are made anew.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { control, megan, open, reset, url } from "./browser.mjs";

const folder = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const at = "2026-11-23T09:00:00Z"; // the demo's week is the one before
const firstMonday = "2026-08-31"; // of the twelve weeks
const tolerance = 100; // pixels: less than one number has, for another Chromium may draw some edges differently
const small = { colorType: 2, filterType: 0, deflateLevel: 9, deflateStrategy: 0 }; // flat colours are smallest without a filter
let token;

process.env.FONTCONFIG_FILE = fileURLToPath(new URL("fonts.conf", import.meta.url));

before(async () => {
  await control("PUT", "/clock", { now: at });
  await control("POST", "/reset", {});
  ({ token } = await control("POST", "/tokens", { user: megan, upn: "megan@example.com", scopes: ["Analytics.ReadWrite"] }));
  await seed(elevenWeeks());
});
after(reset);

for (const colorScheme of ["light", "dark"]) {
  test(`the week page, ${colorScheme}`, async () => {
    const page = await open({ path: "/?week=2026-11-18", as: token, at, timezoneId: "UTC", colorScheme, height: 1028 });
    await page.locator(".days tbody button").nth(1).click();
    await page.locator("[name=duration]").waitFor();
    await page.locator(".trend .ends").click(); // the focus leaves the form
    await compare(page, `week-${colorScheme}.png`);
  });
}

test("the explorer", async () => {
  const page = await open({ path: "/docs", as: token, height: 800 }); // no date is in sight, and its timers need the time
  await page.locator("#operations-statistics-updateMyStatistic .opblock-summary-control").click();
  await page.getByText("Merges the body into the statistic.").first().waitFor();
  await page.locator("#operations-tag-statistics").evaluate((heading) => heading.scrollIntoView());
  await compare(page, "explorer.png");
});

/** Compares what the window shows with the picture of the documents, or writes the picture. */
async function compare(page, name) {
  const now = PNG.sync.read(await page.screenshot({ animations: "disabled", caret: "hide" }));
  const file = folder + name;
  if (process.env.PICTURES === "write") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, PNG.sync.write(now, small));
    return;
  }
  assert.ok(existsSync(file), `${file} is missing; contract/pages/pictures writes it`);
  const kept = PNG.sync.read(readFileSync(file));
  assert.deepEqual([kept.width, kept.height], [now.width, now.height], name);
  const changed = pixelmatch(now.data, kept.data, undefined, now.width, now.height);
  assert.ok(changed <= tolerance, `${name} differs in ${changed} pixels; if the page is right, run contract/pages/pictures and look at what it writes`);
}

/** The weeks before the demo's, as a CSV: made up, and the same each time. */
function elevenWeeks() {
  const usual = Object.entries({ meeting: 150, email: 70, focus: 110, chat: 30, call: 25 }); // minutes a day
  const rows = ["PersonId,StatisticId,StatisticType,MetricDate,Duration,AfterHours"];
  for (let week = 0; week < 11; week++) {
    for (let day = 0; day < 5; day++) {
      const date = new Date(Date.parse(firstMonday) + (7 * week + day) * 86_400_000).toISOString().slice(0, 10);
      for (const [index, [activity, minutes]] of usual.entries()) {
        const wave = Math.sin(1.3 * week + 2 * day + index);
        const all = Math.round(minutes * (1 + 0.2 * wave + 0.02 * week));
        const afterHours = activity === "focus" ? "" : `PT${Math.round(all * 0.08 * (1 + wave))}M`; // focus has none
        rows.push([megan, `${activity}-${date}`, activity, date, `PT${all}M`, afterHours].join());
      }
    }
  }
  return rows.join("\n");
}

async function seed(csv) {
  const headers = { Authorization: `Bearer ${process.env.AFTERHOURS_CONTROL_TOKEN}`, "Content-Type": "text/csv" };
  const response = await fetch(`${url}/control/seed`, { method: "POST", headers, body: csv });
  assert.deepEqual((await response.json()).refused, []);
}
