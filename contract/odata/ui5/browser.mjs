// Opens a page of another origin that has OpenUI5's core, and one OData V4 model of the built program in it.
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize } from "node:path";
import { pipeline } from "node:stream";
import { after, afterEach, before } from "node:test";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const { AFTERHOURS_URL: url, AFTERHOURS_TOKEN: token, AFTERHOURS_CONTROL_TOKEN: controlToken } = process.env;
const { CHROMIUM: executablePath = "/usr/bin/chromium" } = process.env;
const resources = join(dirname(createRequire(import.meta.url).resolve("@openui5/sap.ui.core/package.json")), "src");

const page = `<!doctype html><meta charset="utf-8"><title>OpenUI5</title>
<script src="/resources/sap-ui-core.js" id="sap-ui-bootstrap" data-sap-ui-async="true" data-sap-ui-compat-version="edge"
  data-sap-ui-theme="base" data-sap-ui-on-init="module:afterhours/init" data-sap-ui-resource-roots='{"afterhours": "/"}'></script>`;
const init = `sap.ui.define(["sap/ui/model/odata/v4/ODataModel", "sap/ui/model/Sorter", "sap/ui/model/Filter"],
  (ODataModel, Sorter, Filter) => { globalThis.ui5 = { ODataModel, Sorter, Filter }; });`;
const types = { ".js": "text/javascript", ".json": "application/json", ".css": "text/css", ".properties": "text/plain" };

let server, browser, opened;
const sent = [];
const breaches = [];

before(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/") return response.setHeader("Content-Type", "text/html").end(page);
    if (pathname === "/init.js") return response.setHeader("Content-Type", "text/javascript").end(init);
    const file = join(resources, normalize(pathname.replace(/^\/resources/, "")));
    response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
    pipeline(createReadStream(file), response, (failed) => {
      if (failed && !response.headersSent) response.writeHead(404).end();
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: 120_000 }); // the gate runs as root
  opened = await browser.newPage(); // one for all tests: OpenUI5 has some hundred files
  opened.setDefaultTimeout(120_000);
  opened.on("pageerror", (error) => breaches.push(`uncaught ${error.message}`));
  opened.on("request", (request) => request.url().startsWith(url) && request.method() !== "OPTIONS" && sent.push(request));
  await opened.goto(`http://127.0.0.1:${server.address().port}/`, { timeout: 120_000 });
  await opened.waitForFunction(() => globalThis.ui5);
});
after(async () => {
  await browser?.close();
  server?.close();
});
afterEach(() => assert.deepEqual(breaches.splice(0), []));

/**
 * Returns the page with a new model in its default group mode, and the requests that it sends to the server, but for
 * preflights. In the page, model is the model.
 */
export async function open() {
  sent.length = 0;
  await opened.evaluate(
    ([serviceUrl, token]) => {
      globalThis.model = new globalThis.ui5.ODataModel({ serviceUrl, operationMode: "Server", httpHeaders: { Authorization: `Bearer ${token}` } });
    },
    [`${url}/beta/`, token],
  );
  return { page: opened, sent };
}

/** Calls the API as a client beside the page. */
export async function api(method, path, body, as = token) {
  const headers = { Authorization: `Bearer ${as}`, ...(body !== undefined && { "Content-Type": "application/json" }) };
  const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** Goes back to the demo's week. */
export const reset = () => api("POST", "/control/reset", {}, controlToken);
