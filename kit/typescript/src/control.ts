import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./generated/control.js";

/** The client of the whole control contract. */
export type Control = Client<paths>;

export function controlOf(url: string, token: string, fetch: typeof globalThis.fetch): Control {
  return createClient<paths>({ baseUrl: `${url}/control`, headers: { Authorization: `Bearer ${token}` }, fetch });
}

/** The data of a response. It throws if the response is an error, with all that the error says. */
export async function take<T>(call: Promise<{ data?: T; error?: components["schemas"]["error"]; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!error) return data as T;
  const { code, message, details = [] } = error.error;
  const places = details.map(({ target = "", message }) => `\n  ${target}: ${message}`);
  throw new Error(`the control API refuses: ${response.status} ${code}: ${message}${places.join("")}`, { cause: error });
}
