// What presets.js of both SDKs for JavaScript needs besides its SDK.
import { createInterface } from "node:readline";

const { AFTERHOURS_URL: url, AFTERHOURS_CONTROL_TOKEN: controlToken } = process.env;

/** A new token of a user whose client can answer a claims challenge. */
export async function mint() {
  const response = await fetch(`${url}/control/tokens`, {
    method: "POST",
    headers: { Authorization: `Bearer ${controlToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ cae: true }),
  });
  return (await response.json()).token;
}

/** Calls patch with each id on standard input, and prints a line of JSON: {} or what describe makes of the error. */
export async function observe(patch, describe) {
  for await (const id of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await patch(id).then(() => ({}), describe)));
  }
}
