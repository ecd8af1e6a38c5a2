// The explorer: both contracts can be read and tried in the browser.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { checkAccessibility, checkWidth, control, open, reset, texts, token, url } from "./browser.mjs";

const { AFTERHOURS_CONTROL_TOKEN: controlToken } = process.env;
const update = "#operations-statistics-updateMyStatistic";

beforeEach(reset);

/** Opens an operation and presses "Try it out". */
async function tryOut(page, operation) {
  await page.locator(`${operation} .opblock-summary-control`).click();
  await page.locator(`${operation} .try-out__btn`).click();
}

/** Sends the request, and returns status and body of the response. */
async function execute(page, operation) {
  await page.locator(`${operation} .execute`).click();
  const response = page.locator(`${operation} .live-responses-table .response`).first();
  return { status: (await response.locator(".response-col_status").innerText()).trim(), text: await response.locator(".response-col_description").innerText() };
}

/** What the browser keeps of a session. */
const kept = (page) => page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);

test("the documented PATCH is sent with the token in the address", async () => {
  const page = await open({ path: "/docs" });
  await page.waitForSelector(update);
  assert.equal(page.url(), `${url}/docs`);
  await tryOut(page, update);
  const { status, text } = await execute(page, update); // with the documented body, of a call of the demo
  assert.equal(status, "200", text);
  assert.match(text, /"timeZoneUsed": "Time Zone Used value"/);
});

test("without a token the response is 401, and a pasted one is taken", async () => {
  const page = await open({ path: "/docs", as: "", expected: [/401/] });
  const list = "#operations-statistics-countMyStatistics";
  await page.waitForSelector(list);
  await tryOut(page, list);
  assert.equal((await execute(page, list)).status, "401");
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Use", exact: true }).click();
  await page.locator(`${list} .btn-clear`).click();
  assert.equal((await execute(page, list)).status, "200");
  assert.deepEqual(await kept(page), [0, 0, ""]);
});

test("signing in leads back to the operation, and an expired token is renewed", async () => {
  const page = await open({ path: "/docs#/statistics/countMyStatistics", as: "", expected: [/401/] });
  await page.getByRole("button", { name: "Sign in as a test user" }).click();
  await page.getByRole("button", { name: /megan@example.com/ }).click();
  await page.getByText("Signed in as megan@example.com.").waitFor();
  assert.equal(page.url(), `${url}/docs#/statistics/countMyStatistics`);
  assert.deepEqual(await kept(page), [0, 0, ""]);
  const count = "#operations-statistics-countMyStatistics";
  await page.locator(`${count} .try-out__btn`).click(); // it is open
  assert.equal((await execute(page, count)).status, "200");
  await control("POST", "/clock/advance", { by: "PT13H" });
  await page.clock.setSystemTime(Date.now() + 13 * 3_600_000);
  await page.locator(`${count} .btn-clear`).click();
  assert.equal((await execute(page, count)).status, "401");
  await page.getByText("The token had expired and is renewed. Send the request again.").waitFor();
  await page.locator(`${count} .btn-clear`).click();
  assert.equal((await execute(page, count)).status, "200");
});

test("who declines at the provider is told so, and an answer that nobody has asked for signs nobody in", async () => {
  const page = await open({ path: "/docs", as: "" });
  await page.getByRole("button", { name: "Sign in as a test user" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Not signed in").waitFor();
  await page.goto(`${url}/docs?code=stolen&state=guessed`);
  await page.waitForSelector(update);
  assert.equal(page.url(), `${url}/docs`);
  assert.deepEqual(await texts(page, "nav output"), [""]);
});

test("the control contract likewise", async () => {
  const page = await open({ path: "/docs/control", as: controlToken });
  const clock = "#operations-clock-getClock";
  await page.waitForSelector(clock);
  await tryOut(page, clock);
  const { status, text } = await execute(page, clock);
  assert.equal(status, "200", text);
  assert.match(text, /"now"/);
  assert.equal(await page.getByRole("button", { name: /^Sign in/ }).count(), 0); // no user has the role
});

// Faults of Swagger UI's own elements, which no style can mend.
const ofSwaggerUI = ["heading-order", "label", "nested-interactive", "region", "scrollable-region-focusable", "select-name"];

for (const colorScheme of ["light", "dark"]) {
  test(`accessible in the ${colorScheme} scheme, and in a narrow window`, async () => {
    const page = await open({ path: "/docs", colorScheme });
    await page.waitForSelector(update);
    const colours = await page.evaluate(() => [getComputedStyle(document.querySelector("nav")).backgroundColor, getComputedStyle(document.querySelector(".opblock-tag")).color]);
    const isDark = colours.map((colour) => colour.match(/\d+/g).every((part) => part < 128));
    assert.deepEqual(isDark, [colorScheme === "dark", colorScheme === "light"], colours);
    await tryOut(page, update);
    await execute(page, update);
    await checkAccessibility(page, "nav");
    await checkAccessibility(page, "html", ofSwaggerUI);
    await page.setViewportSize({ width: 360, height: 800 });
    await checkWidth(page);
  });
}

for (const path of ["/docs", "/docs/control"]) {
  test(`"Try it out" fills in what ${path} can send`, async () => {
    const page = await open({ path, as: path === "/docs" ? token : controlToken });
    await page.waitForSelector(".opblock");
    const writes = page.locator(":is(.opblock-post, .opblock-put, .opblock-patch):not([id*=User])"); // those of /users share their parts with /me
    const operations = await writes.evaluateAll((all) => all.map(({ id }) => `#${id}`));
    assert.ok(operations.length >= 5, operations.join());
    for (const operation of operations) {
      await tryOut(page, operation);
      const asked = page.locator(`${operation} tr[data-param-name]:has(.required) :is(input, select), ${operation} .body-param__text`);
      const values = await asked.evaluateAll((all) => all.map((one) => one.value.trim()));
      assert.ok(values.every(Boolean), `${operation}: ${JSON.stringify(values)}`);
      const isWritten = (await page.locator(`${operation} .opblock-section-request-body`).count()) > 0;
      assert.equal(await page.locator(`${operation} .body-param__text`).count(), isWritten ? 1 : 0, operation);
      await page.locator(`${operation} .opblock-summary-control`).click();
    }
  });
}

test("the batch of the contract succeeds", async () => {
  const page = await open({ path: "/docs" });
  const batch = "#operations-service-runBatch";
  await page.waitForSelector(batch);
  await tryOut(page, batch);
  const { status, text } = await execute(page, batch);
  assert.equal(status, "200", text);
  assert.deepEqual(text.match(/"status": \d+/g), ['"status": 204', '"status": 200'], text);
});
