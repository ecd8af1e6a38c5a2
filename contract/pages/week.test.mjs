// A week at a glance: what the page shows of the demo's week, and how one goes from week to week.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { api, appToken, control, megan, oldToken, open, reset, texts, token, url } from "./browser.mjs";

beforeEach(reset);

test("the four numbers, the bars and the table say what the demo stored", async () => {
  const page = await open();
  await page.waitForSelector(".bars");
  assert.deepEqual(await texts(page, ".numbers .number"), ["12h 30m", "6h 25m", "10h 00m", "1h 48m"]);
  assert.deepEqual((await texts(page, ".bars .total")).filter(Boolean), ["6h 50m", "6h 55m", "6h 33m", "6h 30m", "6h 40m"]);
  assert.equal((await texts(page, ".days tbody tr"))[3], (await texts(page, ".days tbody tr th"))[3] + " 2h 00m 1h 35m 2h 30m 30m -1m 55s 6h 33m 23m");
  assert.equal(await page.locator(".day").nth(3).locator(".piece.Call").count(), 2); // both of its negative parts, below the line
  const line = (await page.locator(".zero").boundingBox()).y;
  const call = await page.locator(".day").nth(3).locator(".piece.Call").first().boundingBox();
  assert.ok(call.y >= line - 1, `the negative call is at ${call.y}, the line at ${line}`);
});

test("the token leaves the address at once, and nothing keeps it", async () => {
  const page = await open({ path: "/?week=2026-01-07" });
  assert.equal(page.url(), `${url}/?week=2026-01-07`);
  await page.waitForSelector(".numbers");
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, history.state, document.documentElement.outerHTML]);
  assert.ok(!JSON.stringify(kept).includes(token.slice(0, 40)));
  assert.deepEqual(kept.slice(0, 4), [0, 0, "", null]);
  await page.reload();
  await page.waitForSelector("#sign-in");
});

test("the difference to the week before", async () => {
  const page = await open();
  await page.waitForSelector(".bars");
  assert.deepEqual((await texts(page, ".change")).filter(Boolean), []); // there is no week before
  const week = await demoWeek();
  await api("POST", "/beta/me/analytics/activityStatistics", {
    "@odata.type": "#microsoft.graph.meetingActivityStatistics", startDate: addDays(week, -3), endDate: addDays(week, -2), duration: "PT13H", afterHours: "PT1H",
  });
  await page.reload();
  await signIn(page, token);
  await page.waitForSelector(".up");
  assert.deepEqual(await texts(page, ".change"), ["30m less than the week before", "6h 25m more than the week before", "10h 00m more than the week before", "48m more than the week before"]);
});

test("weeks, the back button and a shared link", async () => {
  const page = await open();
  await page.waitForSelector(".bars");
  const demo = await texts(page, ".number");
  const week = await demoWeek();
  await page.getByRole("button", { name: "Week before" }).click();
  await page.waitForSelector(".empty");
  assert.equal(page.url(), `${url}/?week=${addDays(week, -7)}`);
  await page.getByRole("button", { name: "Week after" }).click();
  await page.waitForSelector(".bars");
  await page.goBack();
  await page.waitForSelector(".empty");
  assert.match(await page.title(), /^megan@example.com, .* – Afterhours$/);
  await page.getByRole("button", { name: "Latest:" }).click();
  await page.waitForSelector(".bars");

  const shared = await open({ path: `/?person=megan@example.com&week=${addDays(week, 2)}`, as: appToken });
  await shared.waitForSelector(".bars");
  assert.deepEqual(await texts(shared, ".number"), demo);
  await shared.getByRole("button", { name: "Week:" }).click();
  await shared.getByLabel("Day in the week").fill("2025-12-31");
  await shared.getByRole("button", { name: "Show", exact: true }).click();
  await shared.waitForSelector(".empty");
  assert.equal(shared.url(), `${url}/?person=megan%40example.com&week=2025-12-31`);
  assert.match((await texts(shared, ".weeks .menu button"))[0], /December 28, 2025 – January 3, 2026/);
});

test("a day of the week can be typed, digit by digit", async () => {
  const page = await open();
  await page.waitForSelector(".bars");
  const week = page.getByRole("button", { name: "Week:" });
  await week.press("Enter");
  assert.ok(await page.getByLabel("Day in the week").evaluate((one) => one === document.activeElement));
  await page.keyboard.type("10052025", { delay: 20 });
  await page.keyboard.press("Enter");
  await page.waitForURL(`${url}/?week=2025-10-05`);
  await page.getByLabel("Day in the week").waitFor({ state: "detached" });
  assert.ok(await week.evaluate((one) => one === document.activeElement));
  await page.goBack();
  await page.waitForURL(`${url}/`); // one step
});

test("the first and the last week that there are", async () => {
  for (const week of ["0001-04-01", "9999-12-20"]) {
    const page = await open({ path: `/?week=${week}` });
    await page.getByRole("heading", { name: "No statistics in this week" }).waitFor();
  }
});

test("a person by name and by id, with the token of an application", async () => {
  const page = await open({ as: appToken, expected: [/404/] });
  await page.getByLabel("Name or id").fill("nobody@example.com");
  await page.getByLabel("Name or id").press("Enter");
  await page.getByRole("heading", { name: "Unknown person" }).waitFor();
  for (const person of [megan, "megan@example.com"]) {
    await page.getByRole("button", { name: "Person:" }).click();
    await page.getByLabel("Name or id").fill(person);
    await page.getByLabel("Name or id").press("Enter");
    await page.waitForSelector(".bars");
    assert.equal(new URL(page.url()).searchParams.get("person"), person);
  }
});

test("another user's week is not for a user", async () => {
  const page = await open({ path: "/?person=0f8fad5b-d9cb-469f-a165-70867728950e", expected: [/403/] });
  await page.getByRole("heading", { name: "No permission" }).waitFor();
});

test("each column sorts", async () => {
  const page = await open();
  await page.waitForSelector(".bars");
  await page.getByRole("button", { name: "Meeting" }).click();
  assert.equal(await page.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
  assert.deepEqual((await texts(page, ".days tbody td.Meeting")).slice(0, 5), ["3h 30m", "3h 00m", "2h 30m", "2h 00m", "1h 30m"]);
  await page.getByRole("button", { name: "Meeting" }).click();
  assert.deepEqual((await texts(page, ".days tbody td.Meeting")).slice(0, 3), ["–", "–", "1h 30m"]);
});

test("twelve weeks, with a table of them", async () => {
  const page = await open();
  await page.locator("summary").click();
  const rows = await texts(page, ".trend tbody tr");
  assert.equal(rows.length, 12);
  assert.match(rows[11], / 33h 28m 1h 48m$/);
  assert.match(rows[0], / 0m 0m$/);
});

test("who has opted out, or has no licence, is shown as such", async () => {
  for (const [settings, reason] of [[{ hasOptedOut: true }, "opted out"], [{ hasOptedOut: false, hasLicense: false, hasGraphMailbox: false }, "no licence, no mailbox"]]) {
    await api("PATCH", "/beta/me/analytics/settings", settings);
    const page = await open({ expected: [/403/] });
    await page.getByRole("heading", { name: "Statistics withheld" }).waitFor();
    await page.getByText(`Settings of this person: ${reason}.`).waitFor();
  }
});

test("another tenant's week replaces the one that is shown", async () => {
  const page = await open({ as: appToken, path: `/?person=${megan}` });
  await page.waitForSelector(".bars");
  const { token: other } = await control("POST", "/tokens", { tenant: "11111111-2222-4333-8444-555555555555", roles: ["Analytics.Read.All"] });
  await page.goto(`${url}/?person=${megan}#token=${other}`);
  await page.waitForSelector(".empty");
  assert.equal(page.url(), `${url}/?person=${megan}`);
  assert.equal(await page.getByRole("button", { name: "Latest:" }).count(), 0);
});

test("an expired token, a pasted one, and signing out", async () => {
  const page = await open({ as: oldToken, expected: [/401/] });
  await page.getByText("expired").waitFor();
  await signIn(page, `Bearer ${token}`);
  await page.waitForSelector(".bars");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForSelector("#sign-in");
  await signIn(page, "no token");
  await page.locator("[role=alert]").waitFor();
});

async function signIn(page, text) {
  await page.getByLabel("Token").fill(text);
  await page.getByLabel("Token").press("Enter");
}

/** The first day of the demo's week. */
async function demoWeek() {
  const { value } = await api("GET", "/beta/me/analytics/activityStatistics?$orderby=startDate&$top=1");
  return value[0].startDate;
}

function addDays(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
