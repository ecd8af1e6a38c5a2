// What the page costs, as the browser's own performance entries say it.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { api, megan, open, reset, token, url } from "./browser.mjs";

beforeEach(reset);

/** The most that each may be: bytes over the network, milliseconds, and the unit of layout shifts. */
const budget = { bytes: 150_000, firstContentfulPaint: 300, largestContentfulPaint: 1000, totalBlockingTime: 200, longestTask: 200, layoutShift: 0.1 };

for (const [name, { as, wait }] of Object.entries({ "the sign-in": { as: "", wait: "#sign-in" }, "the week": { as: token, wait: ".bars" } })) {
  test(`${name} keeps to its budget`, async () => {
    let best;
    for (let n = 0; n < 5; n++) { // the best of five: other programs may slow the machine down
      const page = await open({ as: "", path: "/favicon.ico", expected: [/404/] }); // the origin, without the page
      await page.addInitScript(observe);
      await page.goto(url + (as ? `/#token=${as}` : "/"));
      await page.waitForSelector(wait);
      await page.waitForTimeout(300); // what would shift now counts too
      const found = await page.evaluate(measure);
      best = best ? Object.fromEntries(Object.entries(found).map(([key, value]) => [key, Math.min(value, best[key])])) : found;
      if (Object.entries(budget).every(([key, most]) => best[key] < most)) break;
    }
    for (const [key, most] of Object.entries(budget)) assert.ok(best[key] < most, `${key} is ${best[key]}, at most ${most} is allowed`);
    assert.ok(best.bytes > 20_000 && best.firstContentfulPaint > 0 && best.largestContentfulPaint >= best.firstContentfulPaint, JSON.stringify(best)); // it has measured
  });
}

/** Collects the entries that the browser tells to observers alone. Runs in the page, before all else. */
function observe() {
  globalThis.entries = [];
  const observer = new PerformanceObserver((list) => globalThis.entries.push(...list.getEntries()));
  for (const type of ["paint", "largest-contentful-paint", "longtask", "layout-shift"]) observer.observe({ type, buffered: true });
}

/** Sums the entries up. Runs in the page. */
function measure() {
  const of = (type) => globalThis.entries.filter(({ entryType }) => entryType === type);
  const tasks = of("longtask").map(({ duration }) => duration);
  const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
  return {
    bytes: sum(["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type)).map(({ transferSize }) => transferSize)),
    firstContentfulPaint: of("paint").find(({ name }) => name === "first-contentful-paint")?.startTime ?? Infinity,
    largestContentfulPaint: of("largest-contentful-paint").at(-1)?.startTime ?? Infinity,
    totalBlockingTime: sum(tasks.map((duration) => duration - 50)),
    longestTask: Math.max(0, ...tasks),
    layoutShift: sum(of("layout-shift").filter(({ hadRecentInput }) => !hadRecentInput).map(({ value }) => value)),
  };
}

/** Stores so many calls of the demo's user, on that many days up to the demo's last one. */
async function seed(count, days) {
  const { value } = await api("GET", "/beta/me/analytics/activityStatistics?$orderby=startDate desc&$top=1");
  const last = Date.parse(`${value[0].startDate}T00:00:00Z`);
  const rows = Array.from({ length: count }, (_, n) => {
    const startDate = new Date(last - (n % days) * 86_400_000).toISOString().slice(0, 10);
    return JSON.stringify({ tenant: "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63", user: megan, statistic: { "@odata.type": "#microsoft.graph.callActivityStatistics", id: `many-${n}`, activity: "Call", startDate, endDate: startDate, duration: "PT1M", afterHours: "PT10S" } });
  });
  const seeded = await fetch(`${url}/control/seed`, { method: "POST", headers: { Authorization: `Bearer ${process.env.AFTERHOURS_CONTROL_TOKEN}`, "Content-Type": "application/x-ndjson" }, body: rows.join("\n") });
  assert.equal((await seeded.json()).created, count);
}

for (const [name, count, days] of [
  ["10,000 statistics of twelve weeks", 10_000, 84],
  ["ten years of five statistics a day", 18_250, 3_650],
]) {
  test(`${name} are shown in a second`, async () => {
    await seed(count, days);
    const took = [];
    do { // the fastest of ten: other programs may slow the machine down
      const page = await open();
      await page.waitForSelector(".bars");
      took.push(await page.evaluate(() => performance.now()));
      await page.context().close();
    } while (took.length < 10 && took.at(-1) >= 1000);
    assert.ok(Math.min(...took) < 1000, `${took} ms`);
  });
}
