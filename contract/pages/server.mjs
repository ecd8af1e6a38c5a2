// The server under test, and how a test calls it beside the page.
import assert from "node:assert/strict";

export const { AFTERHOURS_URL: url, AFTERHOURS_TOKEN: token, AFTERHOURS_APP_TOKEN: appToken, AFTERHOURS_OLD_TOKEN: oldToken } = process.env;
const { AFTERHOURS_CONTROL_TOKEN: controlToken } = process.env;
export const megan = "48d31887-5fad-4d73-a9f5-3c356e68a038";

/** Reports whether the address is of the server, or of no server at all. */
export const isOwn = (address) => address.startsWith(`${url}/`) || address.startsWith("data:") || address.startsWith("blob:");

/** Calls the API as a client beside the page. */
export async function api(method, path, body, as = token) {
  const headers = { Authorization: `Bearer ${as}`, ...(body !== undefined && { "Content-Type": "application/json" }) };
  const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

export const control = (method, path, body) => api(method, `/control${path}`, body, controlToken);

/** Goes back to the demo's week and the real time. */
export async function reset() {
  await control("PUT", "/clock", { now: null });
  await control("POST", "/reset", {});
}
