import { controlOf, take, type Control } from "./control.js";
import { fetchTrusting } from "./fetch.js";
import { launch, type Connection } from "./program.js";
import { Tenant, type TenantOptions } from "./tenant.js";

export interface StartOptions {
  /** Serves https. `Server.fetch` trusts its certificate, and so does everything that is given `Server.caFile`. */
  tls?: boolean;
  /** A file of JSON Lines or CSV with the data to begin with. `reset` goes back to it. */
  seed?: string;
  /** Begins with a week of the demo user. */
  demo?: boolean;
  /** The path of the program. The default is AFTERHOURS_BIN, then `afterhours` on PATH. */
  program?: string;
  /** More flags of `afterhours serve`. */
  flags?: string[];
}

/**
 * Starts a server, which ends with this process at the latest. If AFTERHOURS_URL is set and `program` is not, it uses the
 * server that runs there instead. AFTERHOURS_CONTROL_TOKEN opens the control API of that server, and AFTERHOURS_CA_FILE
 * has the certificate to trust. That server has flags of its own, so of the options only `tls` is checked.
 */
export async function start(options: StartOptions = {}): Promise<Server> {
  const { AFTERHOURS_URL, AFTERHOURS_CONTROL_TOKEN, AFTERHOURS_CA_FILE, AFTERHOURS_BIN } = process.env;
  const { tls = false, seed, demo = false, program, flags = [] } = options;
  if (AFTERHOURS_URL && !program) {
    const url = AFTERHOURS_URL.replace(/\/$/, "");
    if (tls && !url.startsWith("https:")) throw new Error(`AFTERHOURS_URL is ${url}, and the option tls needs https`);
    const running = { url, controlToken: AFTERHOURS_CONTROL_TOKEN, caFile: AFTERHOURS_CA_FILE };
    return checked(new Server(running, async () => {}));
  }
  const seeded = seed === undefined ? [] : ["--seed", seed];
  const launched = await launch(program || AFTERHOURS_BIN || "afterhours", tls, [...seeded, ...(demo ? ["--demo"] : []), ...flags]);
  return new Server(launched, launched.end);
}

/** Returns the server if its control API opens. */
async function checked(server: Server): Promise<Server> {
  const { url, control } = server;
  const { error, response } = await control.GET("/clock").catch((cause) => {
    throw new Error(`no server answers at ${url}`, { cause });
  });
  if (response.status === 404) throw new Error(`${url} has no control API. Start it by \`afterhours serve --control\``);
  if (error) {
    const reason = `${response.status} ${error.error.message}`;
    throw new Error(`${url} refuses AFTERHOURS_CONTROL_TOKEN (${reason}). Mint one by \`afterhours token --role Afterhours.Control\``);
  }
  return server;
}

/** A server that tests steer. It is one for all tests of a process; each test takes a tenant of its own. */
export class Server {
  /** Scheme, host and port. Append `/beta` or `/v1.0`. */
  readonly url: string;
  /** The file of the certificate to trust, if the server started with `tls`. */
  readonly caFile: string | undefined;
  /** The global fetch, or one that trusts the server's certificate as well. */
  readonly fetch: typeof fetch;
  /** The client of the whole control contract, for what has no method here. */
  readonly control: Control;
  readonly #end: () => Promise<void>;

  /** For `start`. */
  constructor({ url, controlToken = "", caFile }: Connection, end: () => Promise<void>) {
    this.url = url;
    this.caFile = caFile;
    this.fetch = caFile ? fetchTrusting(caFile, new URL(url).origin) : fetch;
    this.control = controlOf(url, controlToken, this.fetch);
    this.#end = end;
  }

  /** A tenant for one test. Nobody else uses it, unless `id` names one, for example that of a seed. */
  tenant(options: TenantOptions = {}): Tenant {
    return new Tenant(this, options);
  }

  /** Moves the clock of the server, for all tenants, and returns the new time. Tokens expire by it. */
  async advance(by: string): Promise<Date> {
    const { now } = await take(this.control.POST("/clock/advance", { body: { by } }));
    return new Date(now);
  }

  /** Ends the server, unless it ran before. It may be called twice. */
  close(): Promise<void> {
    return this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
