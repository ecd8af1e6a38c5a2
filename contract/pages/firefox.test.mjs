// The main path through the week page in Firefox (a package of Debian, or the program that FIREFOX names), by WebDriver
// BiDi, which Firefox speaks itself. Playwright needs a Firefox of its own making instead.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import puppeteer from "puppeteer-core";
import { api, isOwn, megan, reset, token, url } from "./server.mjs";

const { FIREFOX: executablePath = "/usr/bin/firefox-esr" } = process.env;
const root = "/beta/me/analytics/activityStatistics";
const downloads = mkdtempSync(join(tmpdir(), "afterhours-"));
const breaches = [];
let browser, page, day, id;

before(async () => {
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    timeout: 120_000, // the gate compiles beside it
    defaultViewport: { width: 1280, height: 900 },
    extraPrefsFirefox: { "browser.download.folderList": 2, "browser.download.dir": downloads },
  });
});
after(async () => {
  await browser?.close();
  rmSync(downloads, { recursive: true });
});

beforeEach(async () => {
  await reset();
  const { value } = await api("GET", `${root}?$filter=activity eq 'Meeting' and duration gt duration'PT0S'&$orderby=startDate`);
  ({ startDate: day, id } = value[0]); // the Monday
});

test("the main path: the link, weeks, a day, the documented PATCH, a fault, undo, export", async () => {
  page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  page.on("console", (message) => message.type() === "error" && breaches.push(message.text()));
  page.on("pageerror", (error) => breaches.push(`uncaught ${error.message}`));
  page.on("request", (request) => isOwn(request.url()) || breaches.push(`a request to ${request.url()}`));
  await page.evaluateOnNewDocument(() => addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => console.error(`policy: ${violatedDirective} ${blockedURI}`)));

  await page.goto(`${url}/#token=${token}`);
  await page.waitForSelector(".bars");
  assert.equal(page.url(), `${url}/`); // without the token
  assert.deepEqual(await texts(".numbers .number"), ["12h 30m", "6h 25m", "10h 00m", "1h 48m"]);
  assert.equal((await page.$$(".day .piece.Meeting")).length, 6); // five days, and Tuesday's after hours

  await press("Week before");
  await page.waitForSelector(".empty");
  await press("Week after");
  await page.waitForSelector(".bars");

  await (await page.$$(".days tbody button"))[1].click();
  await page.waitForSelector(".panel-day [name=duration]");
  assert.equal((await page.$$("tr.selected, .day.selected")).length, 2);

  const before = await api("GET", `${root}/${id}`);
  await fill("duration", "2h 45m");
  const [request] = await Promise.all([page.waitForRequest((sent) => sent.method() === "PATCH"), press("Save")]);
  assert.equal(new URL(request.url()).pathname, `${root}/${id}`);
  assert.equal(request.headers()["if-match"], before["@odata.etag"]);
  await said("Saved.");
  assert.equal((await api("GET", `${root}/${id}`)).duration, "PT2H45M");
  await shows("12h 45m");

  await fill("duration", "soon");
  await press("Save");
  await page.waitForSelector("[name=duration][aria-invalid=true]");
  assert.match((await texts("#fault-duration"))[0], /'duration' is 'soon'; it must be a duration/);
  await press("Cancel");
  assert.equal(await page.$("[aria-invalid]"), null);

  await fill("duration", "3h");
  await press("Save");
  await shows("13h 00m");
  await press("Undo");
  await said("Undone.");
  await shows("12h 45m");
  assert.equal((await api("GET", `${root}/${id}`)).duration, "PT2H45M");

  await press("Export");
  const file = await downloaded(`afterhours-${megan}.csv`);
  assert.equal(file.trim().split("\n").length, 1 + Number(await api("GET", `${root}/$count`)));
  assert.match(file, new RegExp(`${id}.*${day}`));
  assert.deepEqual(breaches, []);
});

const press = (name) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
const fill = (name, text) => page.locator(`[name=${name}]`).fill(text);
const texts = (selector) => page.$$eval(selector, (all) => all.map((one) => one.innerText.replace(/\s+/g, " ").trim()));
const said = (text) => page.waitForFunction((wanted) => document.querySelector(".toast span")?.textContent === wanted, {}, text);
const shows = (meetings) => page.waitForFunction((wanted) => document.querySelector(".numbers .number").innerText.replace(/\s+/g, " ") === wanted, {}, meetings);

/** The text of a file that the browser has written in full. */
async function downloaded(name) {
  for (const end = Date.now() + 30_000; ; await new Promise((done) => setTimeout(done, 50))) {
    const files = readdirSync(downloads);
    if (files.includes(name) && !files.some((one) => one.endsWith(".part"))) {
      const text = readFileSync(join(downloads, name), "utf8");
      if (text) return text;
    }
    assert.ok(Date.now() < end, `no ${name} in ${files}`);
  }
}
