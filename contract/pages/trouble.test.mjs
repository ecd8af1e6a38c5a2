// What goes wrong, and what a stranger may have stored.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { api, appToken, control, megan, open, reset, texts, token, url } from "./browser.mjs";

beforeEach(reset);

test("a token that expires while the page is open: the place stays, the page asks", async () => {
  const page = await open({ expected: [/401/] });
  await page.waitForSelector(".bars");
  await control("POST", "/clock/advance", { by: "PT25H" });
  await page.getByRole("button", { name: "Week before" }).click();
  await page.getByRole("alert").getByText("expired").waitFor();
  const place = page.url();
  await control("PUT", "/clock", { now: null });
  await page.getByLabel("Token").fill(token);
  await page.getByLabel("Token").press("Enter");
  await page.waitForSelector(".empty");
  assert.equal(page.url(), place);
});

test("the server goes and comes back", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  const file = join(folder, "ready.json");
  let server = await serve(folder, file, "127.0.0.1:0");
  const ready = JSON.parse(readFileSync(file, "utf8"));
  const page = await open({ as: "", expected: [/ERR_CONNECTION/, /a request to/, /policy/] });
  try {
    await page.goto(`${ready.url}/#token=${ready.token}`);
    await page.waitForSelector(".bars");
    server.kill();
    await once(server, "exit");
    await page.getByRole("button", { name: "Week before" }).click();
    await page.locator(".away").waitFor();
    assert.match((await texts(page, ".away"))[0], /^The server cannot be reached\./);
    assert.equal(await page.locator(".numbers").count(), 1); // the numbers that it has stay
    server = await serve(folder, file, new URL(ready.url).host);
    await page.waitForSelector(".empty", { timeout: 20_000 }); // by itself
    assert.equal(await page.locator(".away").count(), 0);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
});

/** Starts a server of its own, and waits until it serves. */
async function serve(folder, file, addr) {
  const server = spawn(process.env.AFTERHOURS_PROGRAM, ["serve", "--demo", "--addr", addr, "--data", join(folder, "data"), "--ready-file", file], { stdio: "ignore" });
  for (let n = 0; n < 300; n++) {
    try {
      if (JSON.parse(readFileSync(file, "utf8")).pid === server.pid) return server;
    } catch {
      assert.equal(server.exitCode, null, "the server does not start");
    }
    await sleep(50);
  }
  throw new Error("the server is not ready in time");
}

const attacks = [`"><img src=x onerror=alert(1)>`, `<svg onload=alert(2)>`, `javascript:alert(3)`, `{{constructor.constructor('alert(4)')()}}`, `</script><script>alert(5)</script>`, "\u202egnp.exe"];

test("texts of clients stay texts: time zones", async () => {
  const { value } = await api("GET", "/beta/me/analytics/activityStatistics?$top=40&$orderby=startDate");
  for (const [index, { id }] of value.entries()) {
    await api("PATCH", `/beta/me/analytics/activityStatistics/${id}`, { timeZoneUsed: attacks[index % attacks.length] });
  }
  const page = await open();
  await page.waitForSelector(".bars");
  for (const row of await page.locator(".days tbody button").all()) await row.click();
  await unharmed(page);
});

test("texts of clients stay texts: names, addresses, ids", async () => {
  for (const attack of attacks) {
    const page = await open({ path: `/?person=${encodeURIComponent(attack)}&week=${encodeURIComponent(attack)}`, as: appToken, expected: [/40\d/] });
    await page.locator("[role=alert]").waitFor();
    assert.match((await texts(page, "header .menu button"))[0], new RegExp(attack.slice(0, 9).replace(/[^\w\u202e]/g, ".")));
    await unharmed(page);
    const { token: named } = await control("POST", "/tokens", { user: megan, upn: attack, scopes: ["Analytics.Read"] }).catch(() => ({}));
    if (!named) continue; // the server mints no such name
    const own = await open({ as: named });
    await own.waitForSelector(".bars");
    await unharmed(own);
  }
});

/** Fails if a text has become an element. A dialog fails the test by itself. */
async function unharmed(page) {
  assert.equal(await page.locator("main img, main script, header img, header script, svg [onload]").count(), 0);
}

test("nothing in the bundle writes markup or runs text", () => {
  const bundle = readFileSync(new URL("../../handlers/pages/built/week.js", import.meta.url), "utf8");
  for (const danger of ["eval(", "new Function", "insertAdjacentHTML", "outerHTML", "document.write", "localStorage", "document.cookie"]) {
    assert.ok(!bundle.includes(danger), danger);
  }
});

test("the page without a token asks for nothing but its own files", async () => {
  const page = await open({ as: "" });
  await page.waitForSelector("#sign-in");
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
  assert.deepEqual(loaded.toSorted(), ["/pages/sign-in.json", "/pages/week.css", "/pages/week.js"]);
});
