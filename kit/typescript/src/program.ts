// Starts the program, and ends it. Nothing here keeps the event loop of Node alive while the server serves.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What the kit must know of a server. */
export interface Connection {
  url: string;
  controlToken?: string | undefined;
  caFile?: string | undefined;
}

/** How long a start may take, in milliseconds. A seed of a million rows takes half a minute. */
const longestStart = 60_000;

/**
 * Starts the program with a folder of its own, and returns when it serves. The server ends by `end`, or with this
 * process. The error says why it does not start, with the last lines of its log.
 */
export async function launch(program: string, tls: boolean, flags: string[]): Promise<Connection & { end: () => Promise<void> }> {
  const { folder, remove } = makeFolder();
  const readyFile = join(folder, "ready.json");
  const logFile = join(folder, "log");
  const log = openSync(logFile, "w");
  const fixed = ["serve", "--addr", "127.0.0.1:0", "--store", "memory", "--control", "--ready-file", readyFile, "--exit-with-parent"];
  const certificates = tls ? ["--tls-dev", "--data", join(folder, "data")] : [];
  const child = spawn(program, [...fixed, ...certificates, ...flags], { stdio: ["pipe", "ignore", log], env: withoutOurs(process.env) });
  const input = child.stdin as Socket; // it is a pipe
  closeSync(log);

  let problem: string | undefined;
  const ended = once(child, "exit").then(
    ([code, signal]) => void (problem = `the server ended with ${signal ?? `exit code ${code}`}`),
    (error) => void (problem = error.code === "ENOENT" ? missing : error.message),
  );
  const end = async () => {
    child.ref();
    input.end();
    await ended;
    remove();
  };
  for (const latest = Date.now() + longestStart; !existsSync(readyFile) && !problem; await sleep(5)) {
    if (Date.now() > latest) problem = `the server is not ready after ${longestStart / 1000} s`;
  }
  if (problem) {
    const lines = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-10).join("\n");
    child.kill();
    await end();
    throw new Error(`${program}: ${problem}\n${lines}`.trimEnd());
  }
  child.unref();
  input.unref();
  const connection = JSON.parse(readFileSync(readyFile, "utf8")) as Connection;
  if (!connection.caFile) remove(); // vitest ends its workers without the event exit
  return { ...connection, end };
}

/** Makes a folder that is removed when this process ends, unless it is before. */
function makeFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "afterhours-test-"));
  const remove = () => {
    try {
      rmSync(folder, { recursive: true, force: true });
      process.off("exit", remove);
    } catch {
      // Windows does not remove the log of a server that still runs.
    }
  };
  process.once("exit", remove);
  return { folder, remove };
}

const missing =
  "there is no such program. Set AFTERHOURS_BIN to its path, put `afterhours` on PATH, " +
  "or set AFTERHOURS_URL and AFTERHOURS_CONTROL_TOKEN to those of a server that runs";

/** The variables without those that would set flags of the server. */
function withoutOurs(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("AFTERHOURS_")));
}
