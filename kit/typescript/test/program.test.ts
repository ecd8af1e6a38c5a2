// How a server starts and ends, and what the kit says if it does not start.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { start } from "afterhours-test";

const call = { "@odata.type": "#microsoft.graph.callActivityStatistics", id: "call", duration: "PT1H" } as const;

/** Sets environment variables until the test ends. */
function setVariables(t: TestContext, variables: Record<string, string>) {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    t.after(() => (before === undefined ? delete process.env[name] : (process.env[name] = before)));
    process.env[name] = value;
  }
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "kit-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Whether a server answers at the address. */
const answers = (url: string) => fetch(`${url}/readyz`).then(({ ok }) => ok, () => false);

/** Waits until the condition is true, for half a minute. */
async function until(condition: () => boolean | Promise<boolean>) {
  for (const latest = Date.now() + 30_000; !(await condition()); await sleep(20)) assert.ok(Date.now() < latest, `not in time: ${condition}`);
}

/** Starts the program without the kit. */
async function serve(t: TestContext, ...flags: string[]) {
  const file = join(folderOf(t), "ready.json");
  const fixed = ["serve", "--addr", "127.0.0.1:0", "--store", "memory", "--ready-file", file, "--exit-with-parent"];
  const server = spawn(process.env["AFTERHOURS_BIN"] ?? "afterhours", [...fixed, ...flags], { stdio: ["pipe", "ignore", "ignore"] });
  t.after(() => server.kill());
  await until(() => existsSync(file));
  return { server, ready: JSON.parse(readFileSync(file, "utf8")) };
}

/** Runs code that uses the kit in a process of its own, with a folder of its own for temporary files. */
function run(t: TestContext, code: string) {
  const folder = folderOf(t);
  const whole = `import { start } from "afterhours-test"; ${code}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", whole], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: folder, TEMP: folder },
  });
  t.after(() => child.kill("SIGKILL"));
  return { child, folder, printed: once(child.stdout, "data").then(String) };
}

test("a server ends by close, and by the end of its block", async () => {
  const first = await start();
  assert.ok(await answers(first.url));
  await first.close();
  await first.close();
  assert.ok(!(await answers(first.url)));
  let url;
  {
    await using second = await start();
    ({ url } = second);
    assert.ok(await answers(url));
  }
  assert.ok(!(await answers(url)));
});

test("a server starts with the demo user's week, and with a seed", async (t) => {
  const file = join(folderOf(t), "seed.jsonl");
  const seeded = { id: "5e3ce8f8-6a2c-4d0a-9d5c-0f8b8f1f2a11", user: "0f8fad5b-d9cb-469f-a165-70867728950e" };
  writeFileSync(file, JSON.stringify({ tenant: seeded.id, user: seeded.user, statistic: call }));
  await using server = await start({ demo: true, seed: file });
  const tenant = server.tenant(seeded);
  await tenant.put({ ...call, duration: "PT2H" });
  assert.equal((await tenant.get("call"))?.duration, "PT2H");
  await tenant.reset();
  assert.equal((await tenant.get("call"))?.duration, "PT1H");
  const demo = server.tenant({ id: "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63", user: "48d31887-5fad-4d73-a9f5-3c356e68a038" });
  const headers = { Authorization: `Bearer ${await demo.token()}` };
  const all = await fetch(`${server.url}/beta/me/analytics/activityStatistics/$count`, { headers });
  assert.equal(await all.text(), "35");
});

test("https: fetch and caFile trust the server, the global fetch does not", async () => {
  await using server = await start({ tls: true });
  assert.match(server.url, /^https:/);
  assert.ok((await server.fetch(`${server.url}/readyz`)).ok);
  const [response] = await once(get(`${server.url}/readyz`, { ca: readFileSync(server.caFile ?? "") }), "response");
  assert.equal(response.statusCode, 200);
  response.resume();
  await assert.rejects(fetch(`${server.url}/readyz`));
  await using other = await start();
  assert.ok((await server.fetch(`${other.url}/readyz`)).ok, "every other request is the global fetch's");
  const tenant = server.tenant();
  await tenant.put(call);
  assert.equal((await tenant.get("call"))?.duration, "PT1H");

});

test("https: what goes wrong shows as in the global fetch", async () => {
  await using server = await start({ tls: true });
  const tenant = server.tenant();
  await tenant.put(call);
  const headers = { Authorization: `Bearer ${await tenant.token()}` };
  const url = `${server.url}/beta/me/analytics/activityStatistics/call`;
  const read = (init?: RequestInit) => server.fetch(url, { headers, ...init });
  await assert.rejects(read({ signal: AbortSignal.abort(new Error("no longer wanted")) }), /no longer wanted/);
  await tenant.fail({ connection: "reset" }, { times: 1 });
  const reset = await read().then(() => assert.fail("there was a response"), (error) => error);
  assert.ok(reset instanceof TypeError);
  assert.equal((reset.cause as NodeJS.ErrnoException).code, "ECONNRESET");
  await tenant.fail({ connection: "cut" }, { times: 1 });
  const cut = await read();
  assert.equal(cut.status, 200);
  await assert.rejects(cut.text());
});

test("what is wrong with a start is said", async (t) => {
  await assert.rejects(start({ program: "no-such-program" }), /^Error: no-such-program: there is no such program\. Set AFTERHOURS_BIN/);
  await assert.rejects(start({ seed: "no-such-seed" }), /the server ended with exit code 1\n.*no-such-seed/);
  await assert.rejects(start({ flags: ["--colour=red"] }), /exit code 2\n.*unknown flag: --colour/);
  setVariables(t, { AFTERHOURS_BIN: "no-other-program" });
  await assert.rejects(start(), /^Error: no-other-program: /);
});

test("variables with flags of the server do not reach it", async (t) => {
  setVariables(t, { AFTERHOURS_STORE: "no such store" });
  await using server = await start();
  assert.ok(await answers(server.url));
});

test("a server that runs is used and not ended", async (t) => {
  const { server: other, ready } = await serve(t, "--control");
  setVariables(t, { AFTERHOURS_URL: `${ready.url}/`, AFTERHOURS_CONTROL_TOKEN: ready.controlToken });
  const server = await start();
  assert.equal(server.url, ready.url);
  const tenant = server.tenant();
  await tenant.put(call);
  assert.equal((await tenant.get("call"))?.duration, "PT1H");
  await server.close();
  assert.ok(await answers(ready.url));

  await assert.rejects(start({ tls: true }), /the option tls needs https/);
  process.env["AFTERHOURS_CONTROL_TOKEN"] = ready.token;
  await assert.rejects(start(), /refuses AFTERHOURS_CONTROL_TOKEN \(403 /);
  other.kill();
  await once(other, "exit");
  await assert.rejects(start(), /no server answers at/);
});

test("a server that runs with https is used", async (t) => {
  const { ready } = await serve(t, "--control", "--tls-dev", "--data", folderOf(t));
  setVariables(t, { AFTERHOURS_URL: ready.url, AFTERHOURS_CONTROL_TOKEN: ready.controlToken, AFTERHOURS_CA_FILE: ready.caFile });
  const server = await start({ tls: true });
  assert.ok((await server.fetch(`${ready.url}/readyz`)).ok);
});

test("a server without its control API is refused", async (t) => {
  const { ready } = await serve(t);
  setVariables(t, { AFTERHOURS_URL: ready.url, AFTERHOURS_CONTROL_TOKEN: ready.token });
  await assert.rejects(start(), /has no control API\. Start it by `afterhours serve --control`/);
});

test("a process ends although its server runs, and leaves neither the server nor files", async (t) => {
  const use = "const server = await start({ tls: true }); await server.tenant().reset();";
  const { child, folder, printed } = run(t, `${use} console.log(server.url);`);
  const url = await printed;
  const [code] = await once(child, "exit", { signal: AbortSignal.timeout(30_000) });
  assert.equal(code, 0);
  assert.deepEqual(readdirSync(folder), []);
  await until(async () => !(await answers(url)));
});

test("a process that is killed leaves no server", async (t) => {
  const { child, printed } = run(t, "console.log((await start()).url); setInterval(() => {}, 1000);");
  const url = (await printed).trim();
  assert.ok(await answers(url));
  child.kill("SIGKILL");
  await until(async () => !(await answers(url)));
});
