import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request as send } from "node:https";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

/**
 * A fetch that trusts the authority of the file if a request is for the origin. Node's own cannot be told without a
 * package, and it gets all other requests. Redirects are not followed and nothing is decompressed: the server redirects
 * nothing, and compresses only if asked to.
 */
export function fetchTrusting(caFile: string, origin: string): typeof fetch {
  const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile, "utf8") });
  const otherwise = fetch;
  return async (input, init) => {
    const { url, method, headers, body, signal } = new Request(input, init);
    if (new URL(url).origin !== origin) return otherwise(input, init);
    const content = body ? Buffer.from(await new Response(body).arrayBuffer()) : undefined;
    const sent = send(url, { agent, method, headers: Object.fromEntries(headers), signal }).end(content);
    const [answer]: IncomingMessage[] = await once(sent, "response").catch((cause) => {
      signal.throwIfAborted();
      throw new TypeError("fetch failed", { cause });
    });
    return responseOf(answer as IncomingMessage, method);
  };
}

function responseOf(answer: IncomingMessage, method: string): Response {
  const { statusCode: status = 0, statusMessage: statusText = "" } = answer;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(answer.headersDistinct)) values.forEach((value) => headers.append(name, value));
  if (method === "HEAD" || status === 204 || status === 304) {
    answer.resume(); // or else its connection would keep the process alive
    return new Response(null, { status, statusText, headers });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, statusText, headers });
}
