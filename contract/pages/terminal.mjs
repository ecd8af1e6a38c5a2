// A recording of serve --demo in a terminal, and its picture.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import xterm from "@xterm/headless";

const columns = 100;
const sunday = "2026-11-15"; // of the demo's week, in the picture
const cell = { width: 8.4, height: 19 }; // pixels, of a font of 14
const margin = 16; // pixels

/** Runs serve --demo in a terminal, sends it a few requests, and returns all that the terminal was sent. */
export async function record() {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  // The shell tells the exit status of the program, because script sometimes tells another one.
  const command = 'trap : INT; "$PROGRAM" serve --demo --addr 127.0.0.1:0 --data "$FOLDER"/afterhours-data; echo "exit status $?"';
  const { AFTERHOURS_PROGRAM: program, ...inherited } = process.env;
  const others = Object.entries(inherited).filter(([name]) => !name.startsWith("AFTERHOURS_")); // which would be settings
  const env = { ...Object.fromEntries(others), PROGRAM: program, FOLDER: folder, TERM: "xterm", NO_COLOR: "" };
  const terminal = spawn("script", ["-qc", command, "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
  let shown = "";
  terminal.stdout.setEncoding("utf8").on("data", (text) => (shown += text));
  /** Waits until the terminal shows so many lines that match, and returns the last of them. */
  const until = async (pattern, count = 1) => {
    for (const late = Date.now() + 60_000; Date.now() < late; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const found = [...shown.matchAll(pattern)];
      if (found.length >= count) return found[count - 1];
    }
    assert.fail(`the terminal does not show ${pattern} ${count} times, but ${shown}`);
  };
  try {
    const [, token] = await until(/^TOKEN=(\S+)\r$/gm);
    const [, statistic] = await until(/^curl -X PATCH (\S+) [^]*?}'\r$/gm);
    await until(/ the server starts .*\r$/gm);
    const body = '{ "@odata.type": "#microsoft.graph.callActivityStatistics", "duration": "PT25M" }';
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const requests = [
      [statistic.replace(/\/[^/]*$/, ""), { headers }],
      [statistic, { method: "PATCH", headers, body }],
      [statistic, {}],
    ];
    for (const [index, [url, request]] of requests.entries()) {
      await (await fetch(url, request)).arrayBuffer();
      await until(/INF\x1b\[0m (GET|PATCH) .*\r$/gm, index + 1);
    }
    const before = shown;
    terminal.stdin.write("\x03"); // Ctrl-C
    const [, status] = await until(/^exit status (\d+)\r$/gm);
    assert.equal(status, "0", `the program's exit status; the terminal shows at its end ${shown.slice(before.length)}`);
    return stable(before, folder);
  } finally {
    terminal.kill();
    rmSync(folder, { recursive: true });
  }
}

/** Replaces what differs from one recording to the next, and cuts what is long. */
function stable(recorded, folder) {
  const recordedSunday = Date.parse(recorded.match(/of the week (\S+) to/)[1]);
  const moved = (date) => new Date(Date.parse(sunday) + Date.parse(date) - recordedSunday).toISOString().slice(0, 10);
  let second = 0;
  return recorded
    .replace(/.* the server starts .*\r\n/, "") // which comes before the panel or after it
    .replace(/curl -X PATCH [^]*?}'\r\n/, "...\r\n") // which is long
    .replaceAll(folder, "/home/megan")
    .replace(/eyJ[\w.-]+/g, "eyJhbGciOiJFUzI1NiIs...")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:8080")
    .replace(/\d{4}-\d\d-\d\d/g, moved)
    .replace(/\d\d:\d\d:\d\d\.\d{3}/g, () => `09:00:0${second++}.000`)
    .replace(/(took=\x1b\[0m)[\d.]+(µs|ms|s)/g, "$11.234ms")
    .replace(/( \x1b\[2mid=\x1b\[0m)\S+/g, "$101a215bd-f77c-73c7-9a12-b89e534a1f76");
}

/** Returns a recording as a picture, with the command before it. */
export async function draw(command, recorded) {
  const terminal = new xterm.Terminal({ cols: columns, rows: 100, allowProposedApi: true });
  await new Promise((resolve) => terminal.write(`$ ${command}\r\n${recorded}`, resolve));
  const lines = [];
  for (let row = 0; row < terminal.buffer.active.length; row++) {
    lines.push(runs(terminal.buffer.active.getLine(row)));
  }
  while (lines.at(-1).length === 0) lines.pop();
  const [width, height] = [columns * cell.width + 2 * margin, lines.length * cell.height + 2 * margin];
  const text = lines.map((line, row) => {
    const spans = line.map((run) => `<tspan x="${(margin + run.column * cell.width).toFixed(1)}"${run.look && ` class="${run.look}"`}>${escape(run.text)}</tspan>`);
    return `<text y="${margin + row * cell.height + 14}">${spans.join("")}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escape(command)} in a terminal</title>
<style>
.paper { fill: #f6f8fa }
text { font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: #1f2328 }
.dim { fill: #59636e } .red { fill: #b3181f } .green { fill: #116329 } .yellow { fill: #7d4e00 }
@media (prefers-color-scheme: dark) {
  .paper { fill: #151b23 }
  text { fill: #f0f6fc }
  .dim { fill: #9198a1 } .red { fill: #ff9492 } .green { fill: #4ae168 } .yellow { fill: #f0b72f }
}
</style>
<rect class="paper" width="${width}" height="${height}" rx="6"/>
${text.filter((line) => line.includes("tspan")).join("\n")}
</svg>
`;
}

/** Returns the parts of a line that look the same, without the spaces at its end. */
function runs(line) {
  const found = [];
  const end = line.translateToString(true).length;
  for (let column = 0; column < end; column++) {
    const one = line.getCell(column);
    const look = lookOf(one);
    if (found.at(-1)?.look !== look) found.push({ column, look, text: "" });
    found.at(-1).text += one.getChars() || " ";
  }
  return found;
}

/** Returns the class of a cell. */
function lookOf(one) {
  const colour = one.isFgPalette() ? ["", "red", "green", "yellow"][one.getFgColor() % 8] : "";
  assert.notEqual(colour, undefined, `the picture has no colour ${one.getFgColor()}`);
  return colour || (one.isDim() ? "dim" : "");
}

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
