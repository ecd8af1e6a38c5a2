// Sign-in at an issuer for every tenant. The provider here has the form of Entra ID's: one discovery document, whose issuer
// is a template, and tokens of the issuer of their tenant.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { megan, open, texts } from "./browser.mjs";

const tenant = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"; // the demo's
const other = "11111111-2222-4333-8444-555555555555";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const folder = mkdtempSync(join(tmpdir(), "pages-"));
const door = createServer((request, response) => void answer(request, response));
let origin, server, ready;
let idToken, discovered; // what a test lets the provider say otherwise
let asked; // the last request for a code

/** Signs a token of a tenant. */
function tokenOf(claims) {
  const now = Math.floor(Date.now() / 1000);
  const parts = [{ alg: "RS256", kid: "1", typ: "JWT" }, { iss: `${origin}/${claims.tid}/v2.0`, oid: megan, sub: megan, iat: now, nbf: now, exp: now + 600, ver: "2.0", ...claims }];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, origin);
  const say = (body) => response.writeHead(200, { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" }).end(JSON.stringify(body));
  switch (pathname) {
    case "/common/v2.0/.well-known/openid-configuration":
      return say({
        issuer: `${origin}/{tenantid}/v2.0`,
        authorization_endpoint: `${origin}/common/oauth2/v2.0/authorize`,
        token_endpoint: `${origin}/common/oauth2/v2.0/token`,
        jwks_uri: `${origin}/common/discovery/v2.0/keys`,
        id_token_signing_alg_values_supported: ["RS256"],
        ...discovered,
      });
    case "/common/discovery/v2.0/keys":
      return say({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }] });
    case "/common/oauth2/v2.0/authorize": // signs in at once
      asked = searchParams;
      return response.writeHead(302, { Location: `${searchParams.get("redirect_uri")}?code=1&state=${searchParams.get("state")}` }).end();
    case "/common/oauth2/v2.0/token": {
      const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
      assert.equal(createHash("sha256").update(form.get("code_verifier")).digest("base64url"), asked.get("code_challenge"));
      const id = tokenOf({ tid: tenant, aud: "page", nonce: asked.get("nonce"), ...idToken });
      return say({ token_type: "Bearer", expires_in: 600, access_token: tokenOf({ tid: tenant, aud: "api", scp: "Analytics.ReadWrite" }), id_token: id });
    }
    default:
      return response.writeHead(404).end();
  }
}

before(async () => {
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  origin = `http://127.0.0.1:${door.address().port}`;
  const file = join(folder, "ready.json");
  const flags = ["--issuer", `${origin}/{tenantid}/v2.0`, "--audience", "api", "--page-client", "page"];
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
});
after(() => {
  server?.kill();
  door.close();
  door.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

/** Signs in, while the provider says so. */
async function signIn(says = {}) {
  ({ idToken, discovered } = says);
  const page = await open({ as: "", expected: [/a request to/, /404/, /net::ERR/] });
  await page.goto(`${ready.url}/`);
  await page.getByRole("button", { name: `Sign in with ${new URL(origin).host}` }).click();
  return page;
}

test("the tenant of the token stands in the issuer's name", async () => {
  const page = await signIn();
  await page.waitForSelector(".bars");
  assert.equal((await texts(page, ".numbers .number"))[0], "12h 30m");
});

for (const [name, says, reason] of [
  ["an ID token of another tenant's issuer", { idToken: { tid: other, get iss() { return `${origin}/${tenant}/v2.0`; } } }, /"iss"/],
  ["an ID token of the template itself", { idToken: { get iss() { return `${origin}/{tenantid}/v2.0`; } } }, /"iss"/],
  ["an ID token without a tenant", { idToken: { tid: undefined } }, /"iss"/],
  ["a discovery document of another issuer", { discovered: { issuer: "https://login.example.com/{tenantid}/v2.0" } }, /is of the issuer https:\/\/login\.example\.com/],
]) {
  test(`${name} signs nobody in`, async () => {
    const page = await signIn(says);
    await page.locator("[role=alert]").getByText(reason).waitFor();
    assert.equal(await page.locator(".numbers").count(), 0);
  });
}
