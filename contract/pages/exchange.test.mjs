// Settings, and the statistics of a person as a file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { api, appToken, checkAccessibility, control, megan, oldToken, open, reset, texts, token } from "./browser.mjs";

const root = "/beta/me/analytics";

beforeEach(reset);

/** Opens the page and waits for the week. */
async function week(options) {
  const page = await open(options);
  await page.waitForSelector(".days");
  return page;
}

const csv = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

test("opting out hides the numbers at once, and opting in brings them back", async () => {
  const page = await week({ expected: [/403/] });
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Opted out").check();
  await page.getByRole("heading", { name: "Statistics withheld" }).waitFor();
  assert.equal(await page.locator(".numbers").count(), 0);
  assert.deepEqual((await api("GET", `${root}/settings`)).hasOptedOut, true);
  await page.getByLabel("Opted out").uncheck();
  await page.waitForSelector(".bars");
  await page.getByLabel("Licence").uncheck();
  await page.getByText("Settings of this person: no licence.").waitFor();
  await checkAccessibility(page);
});

test("an import creates, updates and refuses, and says for each bad row why", async () => {
  const page = await week();
  const { value } = await api("GET", `${root}/activityStatistics?$filter=activity eq 'Call'&$orderby=startDate`);
  const [{ id, startDate }] = value;
  const rows = Array.from({ length: 45 }, (_, n) => `new-${n},chat,${startDate},${startDate},UTC,PT1M,PT0S`);
  const text = ["StatisticId,StatisticType,MetricDate,EndDate,TimeZone,Duration,AfterHours", `${id},call,${startDate},${startDate},<b>zone</b>,1.5,0.5`, "bad,call,soon,,UTC,an hour,", ...rows, ",call,,,,,"].join("\r\n");
  await page.locator("input[type=file]").setInputFiles(csv("hours.csv", text));
  await page.getByText("45 created, 1 updated, 2 refused").waitFor();
  const refused = await texts(page, ".import tbody tr");
  assert.equal(refused.length, 3);
  assert.match(refused.find((row) => / Duration /.test(row)), /^3 Duration 'duration' is 'an hour'/);
  assert.match(refused.find((row) => / MetricDate /.test(row)), /^3 MetricDate 'startDate' is 'soon'/);
  assert.match(refused[2], /^49 StatisticId /);
  const call = await api("GET", `${root}/activityStatistics/${id}`);
  assert.deepEqual([call.duration, call.afterHours, call.timeZoneUsed], ["PT1H30M", "PT30M", "<b>zone</b>"]);
  await page.waitForFunction(() => document.querySelector(".days tbody tr .all").innerText !== "–");
  await checkAccessibility(page);
  await page.getByRole("button", { name: "Dismiss the report" }).click();
  assert.equal(await page.locator(".import").count(), 0);
});

test("a file that is dropped on the page is imported", async () => {
  const page = await week();
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["StatisticId,StatisticType,MetricDate,Duration\ndropped,focus,2024-01-01,PT1H\n"], "hours.csv", { type: "text/csv" }));
    return data;
  });
  await page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
  assert.equal(await page.locator(".wide.over").count(), 1);
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
  await page.getByText("1 created, 0 updated, 0 refused").waitFor();
  assert.equal((await api("GET", `${root}/activityStatistics/dropped`)).duration, "PT1H");
});

test("a file that is no sheet of statistics", async () => {
  const page = await week();
  for (const [text, reason] of [["Mood\nfine\n", /Unknown columns: Mood/], ["", /empty/], ['a"b', /quotation marks/], ["<img src=x onerror=alert(1)>\n1\n", /Unknown columns: <img/]]) {
    await page.locator("input[type=file]").setInputFiles(csv("x.csv", text));
    await page.locator(".import [role=alert]").getByText(reason).waitFor();
  }
});

test("what is exported is imported again, by the page and by the program alike", async () => {
  const page = await week({ as: appToken, path: "/?person=megan@example.com" });
  const before = (await api("GET", `${root}/activityStatistics?$top=100`)).value;
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  assert.equal(download.suggestedFilename(), `afterhours-${megan}.csv`);
  const text = readFileSync(await download.path(), "utf8");
  assert.equal(text.trim().split("\n").length, before.length + 1);
  for (const { id } of before) await api("DELETE", `${root}/activityStatistics/${id}`);
  await page.locator("input[type=file]").setInputFiles(csv("again.csv", text));
  await page.getByText(`${before.length} created, 0 updated, 0 refused`).waitFor();
  const without = (list) => list.map(({ "@odata.etag": _, ...rest }) => rest);
  assert.deepEqual(without((await api("GET", `${root}/activityStatistics?$top=100`)).value), without(before));

  for (const { id } of before) await api("DELETE", `${root}/activityStatistics/${id}`);
  const seeded = await fetch(`${process.env.AFTERHOURS_URL}/control/seed`, { method: "POST", headers: { Authorization: `Bearer ${process.env.AFTERHOURS_CONTROL_TOKEN}`, "Content-Type": "text/csv" }, body: text });
  const { created, refused } = await seeded.json();
  assert.deepEqual([created, refused], [before.length, []]);
  assert.deepEqual(without((await api("GET", `${root}/activityStatistics?$top=100`)).value), without(before));
});

test("rows of other people are refused to a user, and taken from an application", async () => {
  const text = `PersonId,StatisticId,StatisticType,MetricDate,Duration\n0f8fad5b-d9cb-469f-a165-70867728950e,other,focus,2024-01-01,PT1H\n`;
  const page = await week();
  await page.locator("input[type=file]").setInputFiles(csv("x.csv", text));
  await page.getByText("0 created, 0 updated, 1 refused").waitFor();
  const administrator = await week({ as: appToken, path: `/?person=${megan}` });
  await administrator.locator("input[type=file]").setInputFiles(csv("x.csv", text));
  await administrator.getByText("1 created, 0 updated, 0 refused").waitFor();
});

test("an import can be stopped", async () => {
  const page = await week();
  const rows = Array.from({ length: 20_000 }, (_, n) => `many-${n},focus,2024-01-01,PT1H`);
  await page.locator("input[type=file]").setInputFiles(csv("x.csv", ["StatisticId,StatisticType,MetricDate,Duration", ...rows].join("\n")));
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator(".import [role=alert]").getByText("Stopped.").waitFor();
  const count = Number(await api("GET", `${root}/activityStatistics/$count`));
  assert.ok(count < 20_000, `${count}`);
});

/** Lets every token expire once so many batches were sent, and takes the clock back when the page has noticed. */
async function expire(page, request, after, notice) {
  let sent = 0;
  await page.route(request, async (route) => {
    if (++sent === after) await control("POST", "/clock/advance", { by: "PT25H" });
    await route.continue();
  });
  return async () => {
    await notice();
    await control("PUT", "/clock", { now: null });
  };
}

async function signIn(page, as) {
  await page.getByLabel("Token").fill(as);
  await page.getByLabel("Token").press("Enter");
}

const asked = (page) => page.getByRole("alert").getByText("expired").waitFor();

test("a token that expires during an import: the page asks, and goes on with the same file", async () => {
  const page = await week({ expected: [/401/] });
  const rows = Array.from({ length: 95 }, (_, n) => `lasting-${n},focus,2024-01-01,PT1H`);
  const back = await expire(page, "**/$batch", 3, () => asked(page));
  await page.locator("input[type=file]").setInputFiles(csv("x.csv", ["StatisticId,StatisticType,MetricDate,Duration", ...rows].join("\n")));
  await back();
  assert.match((await texts(page, ".import [role=status]"))[0], /^40 of 95$/);
  await checkAccessibility(page);
  await signIn(page, "no token"); // refused, and the file still waits
  await page.getByRole("alert").getByText("not a token").waitFor();
  await signIn(page, oldToken);
  await asked(page);
  await signIn(page, token);
  await page.getByText("95 created, 0 updated, 0 refused").waitFor();
  assert.equal(await page.locator("#sign-in").count(), 0);
});

test("an import that waits for a token can be stopped", async () => {
  const page = await week({ expected: [/401/] });
  const back = await expire(page, "**/$batch", 1, () => asked(page));
  await page.locator("input[type=file]").setInputFiles(csv("x.csv", "StatisticId,StatisticType,MetricDate,Duration\nx,focus,2024-01-01,PT1H\n"));
  await back();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator(".import [role=alert]").getByText("Stopped.").waitFor();
});

test("a token that expires before an export, or a change of settings: the page asks, and the export goes on", async () => {
  const page = await week({ expected: [/401/] });
  await control("POST", "/clock/advance", { by: "PT25H" });
  await page.getByRole("button", { name: "Settings" }).click();
  await asked(page);
  await control("PUT", "/clock", { now: null });
  await signIn(page, token);
  await page.locator("#sign-in").waitFor({ state: "detached" });

  const back = await expire(page, "**/activityStatistics?**", 1, () => asked(page));
  await page.getByRole("button", { name: "Export" }).click();
  await back();
  const [download] = await Promise.all([page.waitForEvent("download"), signIn(page, token)]);
  const count = Number(await api("GET", `${root}/activityStatistics/$count`));
  assert.equal(readFileSync(await download.path(), "utf8").trim().split("\n").length, count + 1);
});
