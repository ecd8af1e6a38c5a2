// Sign-in by OpenID Connect: at the server's own sign-in for tests, and at a real provider on another origin.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import Provider from "oidc-provider";
import { checkAccessibility, control, megan, open, reset, texts, url } from "./browser.mjs";

const tenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63";

before(reset);

/** What the browser keeps after a sign-in. */
const kept = (page) => page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.search + location.hash]);

test("as a test user of the server's own sign-in, and silent renewal", async () => {
  const page = await open({ as: "", path: "/?week=2026-01-07", expected: [/401/] });
  await page.getByRole("button", { name: "Sign in as a test user" }).click();
  await page.getByRole("button", { name: /megan@example.com/ }).click();
  await page.waitForSelector(".empty");
  assert.deepEqual(await kept(page), [0, 0, "", "?week=2026-01-07"]); // back where one was, and nothing is stored
  assert.match((await texts(page, "header .menu button"))[0], /megan@example.com/);
  await control("POST", "/clock/advance", { by: "PT13H" });
  await page.clock.setSystemTime(Date.now() + 13 * 3_600_000);
  const [renewal] = await Promise.all([page.waitForRequest(/oauth2\/v2.0\/token/), page.getByRole("button", { name: "Week before" }).click()]);
  assert.match(renewal.postData(), /grant_type=refresh_token/);
  await page.locator("p[role=status]").getByText("Week of December 28").waitFor();
  assert.equal(await page.locator("#sign-in").count(), 0);
  await control("PUT", "/clock", { now: null });
});

test("a token that can be renewed is renewed silently during an import", async () => {
  const page = await open({ as: "", expected: [/401/] });
  await page.getByRole("button", { name: "Sign in as a test user" }).click();
  await page.getByRole("button", { name: /megan@example.com/ }).click();
  await page.waitForSelector(".days");
  let sent = 0;
  await page.route("**/$batch", async (route) => {
    if (++sent === 2) {
      await control("POST", "/clock/advance", { by: "PT13H" });
      await page.clock.setSystemTime(Date.now() + 13 * 3_600_000);
    }
    await route.continue();
  });
  const rows = Array.from({ length: 45 }, (_, n) => `silent-${n},focus,2024-01-01,PT1H`);
  await page.locator("input[type=file]").setInputFiles({ name: "x.csv", mimeType: "text/csv", buffer: Buffer.from(["StatisticId,StatisticType,MetricDate,Duration", ...rows].join("\n")) });
  await page.getByText("45 created, 0 updated, 0 refused").waitFor();
  assert.equal(sent, 4); // three batches, one of them twice
  assert.equal(await page.locator("#sign-in").count(), 0);
  await control("PUT", "/clock", { now: null });
});

test("who declines at the provider is told so", async () => {
  const page = await open({ as: "" });
  await page.getByRole("button", { name: "Sign in as a test user" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("[role=alert]").getByText("Not signed in").waitFor();
  assert.deepEqual(await kept(page), [0, 0, "", ""]);
});

test("an answer that nobody has asked for signs nobody in", async () => {
  for (const query of ["?code=stolen&state=guessed", "?error=access_denied&state=x"]) {
    const page = await open({ as: "", path: `/${query}` });
    await page.waitForSelector("#sign-in");
    assert.equal(page.url(), `${url}/`);
  }
});

const folder = mkdtempSync(join(tmpdir(), "pages-"));
const door = createServer((request, response) => provider.callback()(request, response));
let provider, server, ready;

before(async () => {
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const issuer = `http://127.0.0.1:${door.address().port}`;
  const file = join(folder, "ready.json");
  const flags = ["--issuer", issuer, "--audience", "https://api.example.com", "--claim", `tenant==${tenant}`, "--claim", "user=sub", "--page-client", "week"];
  provider = new Provider(issuer, { clients: [] }); // until the address of the page is known
  server = spawn(process.env.AFTERHOURS_PROGRAM, ["serve", "--demo", "--control=off", "--store", "memory", "--addr", "127.0.0.1:0", "--ready-file", file, "--data", join(folder, "data"), ...flags], { stdio: "ignore" });
  for (let n = 0; !ready; n++) {
    assert.ok(n < 300, "the server is not ready in time");
    await sleep(50);
    try {
      ready = JSON.parse(readFileSync(file, "utf8"));
    } catch {
      assert.equal(server.exitCode, null, "the server does not start");
    }
  }
  provider = new Provider(issuer, {
    clients: [{ client_id: "week", token_endpoint_auth_method: "none", redirect_uris: [`${ready.url}/`, `${ready.url}/docs`], grant_types: ["authorization_code"], response_types: ["code"] }],
    clientBasedCORS: () => true,
    scopes: ["openid", "profile", "Analytics.ReadWrite"],
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: "Analytics.ReadWrite", audience: "https://api.example.com", accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } } }),
        useGrantedResource: () => true,
      },
    },
  });
});
after(() => {
  server?.kill();
  door.close();
  door.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a page and signs in at the provider. strange gets what the page must not do. */
async function signIn(path, strange) {
  const page = await open({ as: "", expected: [/a request to/, /ERR_FAILED/, /404/] }); // of the provider's own pages
  const issuer = `http://127.0.0.1:${door.address().port}`;
  page.on("request", (request) => {
    const isOurs = request.frame().url().startsWith(ready.url) && !request.isNavigationRequest();
    if (isOurs && ![ready.url, issuer].includes(new URL(request.url()).origin)) strange.push(request.url());
  });
  page.on("console", (message) => message.text().startsWith("policy:") && page.url().startsWith(ready.url) && strange.push(message.text()));
  await page.route((address) => address.hostname !== "127.0.0.1", (route) => route.abort()); // fonts of the provider's pages
  await page.goto(ready.url + path);
  await page.getByRole("button", { name: `Sign in with ${new URL(issuer).host}` }).click();
  await page.locator("[name=login]").fill(megan);
  await page.locator("[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  return page;
}

test("at a provider on another origin, which the policy of the page names", async () => {
  const strange = [];
  const page = await signIn("/?week=2026-01-07", strange);
  await page.waitForSelector(".empty");
  assert.deepEqual(await kept(page), [0, 0, "", "?week=2026-01-07"]);
  await page.getByRole("button", { name: "Latest:" }).click();
  await page.waitForSelector(".bars");
  assert.equal((await texts(page, ".numbers .number"))[0], "12h 30m");
  assert.deepEqual(strange, []);
});

test("the explorer at this provider, and back to the operation", async () => {
  const strange = [];
  const page = await signIn("/docs#/statistics/countMyStatistics", strange);
  await page.getByText(`Signed in as ${megan}.`).waitFor();
  assert.equal(page.url(), `${ready.url}/docs#/statistics/countMyStatistics`);
  assert.deepEqual((await kept(page)).slice(0, 3), [0, 0, ""]);
  const count = page.locator("#operations-statistics-countMyStatistics");
  await count.locator(".try-out__btn").click();
  await count.locator(".execute").click();
  await count.locator(".live-responses-table .response-col_status").getByText("200").waitFor();
  assert.deepEqual(strange, []);
});
