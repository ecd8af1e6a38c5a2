// What is typed and not saved: nothing on the page loses it without asking, nor does the browser.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { api, appToken, checkAccessibility, megan, open, reset, token, url } from "./browser.mjs";

beforeEach(reset);

/** Opens the form of the Monday's meeting, at the second place of the page's history, and types. */
async function typed(options) {
  const page = await open(options);
  await page.getByRole("button", { name: "Week before" }).click();
  await page.getByRole("button", { name: "Week after" }).click();
  await page.locator(".dashboard:not(.old) .bars").waitFor();
  await page.locator(".days tbody button").nth(1).click();
  await page.getByLabel("Duration").fill("5h");
  return page;
}

const dialog = (page) => page.getByRole("alertdialog", { name: "Discard what you typed?" });
const keep = (page) => dialog(page).getByRole("button", { name: "Keep editing" }).click();
const discard = (page) => dialog(page).getByRole("button", { name: "Discard" }).click();
const field = (page) => page.getByLabel("Duration");
const isFocused = (locator) => locator.evaluate((one) => one === document.activeElement);

async function optOut(page) {
  const box = page.getByLabel("Opted out");
  if (!(await box.isVisible())) await page.getByRole("button", { name: "Settings" }).click();
  await box.click();
}

/** Each way that leaves the form, and what is there once it is left. */
const ways = {
  "another week": [(page) => page.getByRole("button", { name: "Week before" }).click(), ".empty, .dashboard:not(:has(.panel-day))"],
  Back: [(page) => page.evaluate(() => history.back()), ".dashboard:not(:has(.panel-day))"],
  "another day": [(page) => page.locator(".days tbody button").nth(2).click(), ".days tbody tr:nth-child(3).selected"],
  "a bar": [(page) => page.locator(".day").nth(3).locator(".column").click({ position: { x: 4, y: 4 } }), ".days tbody tr:nth-child(4).selected"],
  "another activity": [(page) => page.locator(".activities").getByText("Email").click(), ".activities label:nth-of-type(2) :checked"],
  "another statistic": [(page) => page.getByLabel("Statistic").selectOption("new"), ".edit button:text-is('Create')"],
  "the cross": [(page) => page.getByRole("button", { name: "Close" }).click(), ".dashboard:not(:has(.panel-day))"],
  Escape: [(page) => field(page).press("Escape"), ".dashboard:not(:has(.panel-day))"],
  "opting out": [optOut, "#withheld"],
  "signing out": [(page) => page.getByRole("button", { name: "Sign out" }).click(), "#sign-in"],
  "somebody else who signs in": [(page) => page.evaluate((other) => (location.hash = `token=${other}`), appToken), "#nobody"],
};

for (const [name, [leave, left]] of Object.entries(ways)) {
  test(`${name} asks, keeps and discards`, async () => {
    const page = await typed({ expected: [/403/] });
    const address = page.url();
    await leave(page);
    await dialog(page).waitFor();
    assert.ok(await isFocused(dialog(page).getByRole("button", { name: "Keep editing" })));
    await checkAccessibility(page);
    await keep(page);
    await dialog(page).waitFor({ state: "detached" });
    assert.equal(await field(page).inputValue(), "5h");
    assert.equal(await page.locator(".days tbody tr").nth(1).getAttribute("class"), "selected");
    assert.equal(await page.locator(".activities :checked").evaluate((one) => one.parentElement.textContent.includes("Meeting")), true);
    assert.match(await page.getByLabel("Statistic").inputValue(), /^id meeting_/);
    assert.ok(await page.evaluate(() => document.activeElement !== document.body), "the focus is lost");
    await page.waitForURL(address);

    await leave(page);
    await discard(page);
    await page.locator(left).first().waitFor();
    assert.equal(await dialog(page).count(), 0);
  });
}

test("another person asks, and Escape keeps", async () => {
  const page = await typed({ as: appToken, path: `/?person=${megan}` });
  const person = page.getByRole("button", { name: "Person:" });
  await person.click();
  await page.getByLabel("Name or id").fill("megan@example.com");
  await page.getByLabel("Name or id").press("Enter");
  await dialog(page).waitFor();
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  assert.ok(await isFocused(person));
  assert.equal(await field(page).inputValue(), "5h");
});

test("Back and forth between weeks, with and without something typed", async () => {
  const page = await typed();
  const address = page.url();
  await page.evaluate(() => history.back());
  await keep(page);
  await page.waitForURL(address);
  await field(page).fill("2h 30m"); // as it was
  await page.evaluate(() => history.back());
  await page.waitForURL((now) => now.href !== address);
  await page.evaluate(() => history.forward());
  await page.waitForURL(address);
  assert.equal(await dialog(page).count(), 0);
});

test("the browser asks before it closes or leaves the page, but only while something is typed", async () => {
  const page = await typed({ expected: [/a dialog/] });
  const asked = [];
  page.on("dialog", (question) => {
    asked.push(question.type());
    return asked.length < 3 ? question.dismiss() : question.accept();
  });
  await field(page).press("End"); // browsers ask only where somebody has used the page
  await page.evaluate(() => setTimeout(() => location.reload()));
  await page.waitForFunction(() => performance.now() > 0);
  await page.getByRole("link", { name: "API" }).click({ noWaitAfter: true });
  for (const end = Date.now() + 10_000; asked.length < 2 && Date.now() < end; ) await page.waitForTimeout(50);
  assert.deepEqual(asked, ["beforeunload", "beforeunload"]);
  assert.equal(await field(page).inputValue(), "5h");

  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".toast").getByText("Saved.", { exact: true }).waitFor();
  await page.getByRole("link", { name: "API" }).click();
  await page.waitForURL(`${url}/docs`);
  assert.equal(asked.length, 2);
});

test("what others do to the statistic of the form loses nothing", async () => {
  const page = await typed({ expected: [/412|404/] });
  const { value } = await api("GET", "/beta/me/analytics/activityStatistics?$filter=activity eq 'Meeting' and duration gt duration'PT0S'&$orderby=startDate");
  await api("DELETE", `/beta/me/analytics/activityStatistics/${value[0].id}`);
  await page.locator("input[type=file]").setInputFiles({ name: "x.csv", mimeType: "text/csv", buffer: Buffer.from("StatisticId,StatisticType,MetricDate,Duration\nread-again,focus,2024-01-01,PT1H\n") });
  await page.locator(".activities label").first().getByText("–").waitFor(); // read again
  assert.equal(await field(page).inputValue(), "5h");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Deleted by somebody else" }).waitFor();
  await page.getByRole("button", { name: "Create again" }).click();
  await page.locator(".toast").getByText("Created again.").waitFor();
  assert.equal((await api("GET", `/beta/me/analytics/activityStatistics/${value[0].id}`)).duration, "PT5H");
  await page.goto(`${url}/?week=2024-01-01#token=${token}`); // nothing is typed any more
  await page.waitForSelector(".bars");
});

test("opting out elsewhere, in another tab, says so and leaves what is typed", async () => {
  const page = await typed({ expected: [/403/] });
  await api("PATCH", "/beta/me/analytics/settings", { hasOptedOut: true });
  await page.locator("input[type=file]").setInputFiles({ name: "x.csv", mimeType: "text/csv", buffer: Buffer.from("StatisticId,StatisticType,MetricDate,Duration\nread-again,focus,2024-01-01,PT1H\n") });
  await page.getByRole("heading", { name: "Statistics withheld" }).waitFor(); // read again
  assert.equal(await field(page).inputValue(), "5h");
  await checkAccessibility(page);
  await page.getByRole("button", { name: "Close" }).click();
  await discard(page);
  await page.locator(".dashboard").waitFor({ state: "detached" }); // and the numbers go with it
});

/** Holds the batches of an import of sixty rows, the Back to another person before it. The third value lets them go. */
async function importing(as) {
  const page = await open({ as, path: "/?person=megan@example.com" });
  await page.getByRole("button", { name: "Person:" }).click();
  await page.getByLabel("Name or id").fill(megan);
  await page.getByLabel("Name or id").press("Enter");
  await page.getByRole("button", { name: `Person: ${megan}` }).waitFor();
  await page.locator(".dashboard:not(.old) .bars").waitFor();
  let letGo;
  const held = new Promise((done) => (letGo = done));
  await page.route("**/$batch", async (route) => {
    await held;
    await route.continue();
  });
  const rows = Array.from({ length: 60 }, (_, n) => `held-${n},focus,2024-01-01,PT1H`);
  await page.locator("input[type=file]").setInputFiles({ name: "x.csv", mimeType: "text/csv", buffer: Buffer.from(["StatisticId,StatisticType,MetricDate,Duration", ...rows].join("\n")) });
  await page.getByRole("progressbar", { name: "Rows" }).waitFor();
  return [page, letGo];
}

const imports = {
  "another person": async (page) => {
    await page.getByRole("button", { name: "Person:" }).click();
    await page.getByLabel("Name or id").fill("adele@example.com");
    await page.getByLabel("Name or id").press("Enter");
  },
  "Back to another person": (page) => page.evaluate(() => history.back()),
  "signing out": (page) => page.getByRole("button", { name: "Sign out" }).click(),
  "opting out": optOut,
};

for (const [name, leave] of Object.entries(imports)) {
  test(`${name} asks before it stops an import`, async () => {
    const [page, letGo] = await importing(appToken);
    const question = page.getByRole("alertdialog", { name: "Stop the import?" });
    const before = page.url();
    await leave(page);
    await question.waitFor();
    await checkAccessibility(page);
    await question.getByRole("button", { name: "Keep importing" }).click();
    await page.waitForURL(before);
    letGo();
    await page.getByText("60 created, 0 updated, 0 refused").waitFor();
  });
}

test("another person, once one agrees, stops the import", async () => {
  const [page, letGo] = await importing(appToken);
  await page.evaluate(() => history.back());
  await page.getByRole("button", { name: "Stop importing" }).click();
  await page.waitForURL(/megan/);
  letGo();
  await page.locator(".dashboard:not(.old) .bars").waitFor();
  await page.waitForTimeout(500); // what could still be sent
  const { value } = await api("GET", "/beta/me/analytics/activityStatistics?$top=1000");
  assert.ok(value.filter(({ id }) => id.startsWith("held-")).length <= 20);
  await page.getByRole("button", { name: "Week before" }).click(); // nothing asks any more
  assert.equal(await page.getByRole("alertdialog").count(), 0);
});
