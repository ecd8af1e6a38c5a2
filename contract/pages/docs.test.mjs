// The explorer: both contracts can be read and tried in the browser.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { open, reset, token, url } from "./browser.mjs";

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

test("the documented PATCH is sent with the token in the address", async () => {
  const page = await open({ path: "/docs" });
  await page.waitForSelector(update);
  assert.equal(page.url(), `${url}/docs`);
  await tryOut(page, update);
  const { status, text } = await execute(page, update); // with the documented body, of a call of the demo
  assert.equal(status, "200", text);
  assert.match(text, /"afterHours": "String"|"activity": "Call"/);
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
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
  assert.deepEqual(kept, [0, 0, ""]);
});

test("the control contract likewise", async () => {
  const page = await open({ path: "/docs/control", as: controlToken });
  const clock = "#operations-clock-getClock";
  await page.waitForSelector(clock);
  await tryOut(page, clock);
  const { status, text } = await execute(page, clock);
  assert.equal(status, "200", text);
  assert.match(text, /"now"/);
});

test("every operation has an example of its request and of its answer", async () => {
  for (const contract of ["/openapi.json", "/control/openapi.json"]) {
    const spec = await (await fetch(url + contract)).json();
    const resolve = (one) => (one?.$ref ? one.$ref.slice(2).split("/").reduce((value, name) => value[name], spec) : one);
    for (const [path, item] of Object.entries(spec.paths)) {
      for (const [method, operation] of Object.entries(item).filter(([, one]) => one.operationId)) {
        const named = `${method} ${path}`;
        assert.ok(operation.summary && operation.tags.length, `${named} has no summary or tag`);
        const bodies = [resolve(operation.requestBody), ...Object.values(operation.responses).map(resolve)];
        for (const { content = {} } of bodies.filter(Boolean)) {
          for (const [type, media] of Object.entries(content)) {
            assert.ok(media.examples || media.example || resolve(media.schema)?.example, `${named}: ${type} has no example`);
          }
        }
      }
    }
  }
});
