// The packed package in an empty folder, with the examples of README.md.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const package_ = join(dirname(fileURLToPath(import.meta.url)), "..");
const { devDependencies } = JSON.parse(await readFile(join(package_, "package.json"), "utf8"));
const folder = await mkdtemp(join(tmpdir(), "kit-"));

/** Runs a command. The error has what it printed. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const env = { ...process.env };
  delete env["NODE_TEST_CONTEXT"]; // a test runner that finds it believes to be part of this one
  try {
    return (await promisify(execFile)(command, args, { cwd, env })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return assert.fail(`${error}\n${stdout}${stderr}`);
  }
}

/** Writes the example of the language to a file. */
async function writeExample(language: string, file: string): Promise<void> {
  const readme = await readFile(join(package_, "README.md"), "utf8");
  const example = readme.match(new RegExp("```" + language + "\n(.*?)```", "s"))?.[1];
  await writeFile(join(folder, file), example ?? assert.fail(`README.md has no example in ${language}`));
}

before(async () => {
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  // It is built already; a second build would change files that other tests read.
  const packed = await run(package_, "npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", folder);
  const others = ["@microsoft/microsoft-graph-client", "vitest"].map((name) => `${name}@${devDependencies[name]}`);
  await run(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", `./${packed.trim()}`, ...others);
});

after(() => rm(folder, { recursive: true }));

test("the example of node:test", async () => {
  await writeExample("js", "example.test.js");
  assert.match(await run(folder, "node", "--test", "--test-reporter=tap", "example.test.js"), /^# pass 1$/m);
});

test("the example of vitest", async () => {
  await writeExample("ts", "vitest.test.ts");
  assert.match(await run(folder, "npx", "vitest", "run", "vitest.test.ts"), /Tests.*1 passed/);
});

test("the types of the package are complete", async () => {
  const code = `import { start } from "afterhours-test";
const tenant = (await start()).tenant();
await tenant.put({ "@odata.type": "#microsoft.graph.callActivityStatistics", id: "call", afterHours: null });
// @ts-expect-error focus is never after hours
await tenant.put({ "@odata.type": "#microsoft.graph.focusActivityStatistics", id: "focus", afterHours: null });
await tenant.fail("throttled");
// @ts-expect-error no such preset
await tenant.fail("throtled");
`;
  await writeFile(join(folder, "types.ts"), code);
  const tsc = join(package_, "node_modules/typescript/bin/tsc");
  const language = ["--strict", "--target", "es2022", "--lib", "es2022,esnext.disposable", "--module", "nodenext"];
  const nodeTypes = ["--types", "node", "--typeRoots", join(package_, "node_modules/@types")];
  await run(folder, "node", tsc, "--noEmit", ...language, ...nodeTypes, "types.ts");
});
