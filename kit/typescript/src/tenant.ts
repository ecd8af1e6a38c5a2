import { randomUUID } from "node:crypto";
import { take } from "./control.js";
import type { Server } from "./server.js";
import type {
  Fault,
  FaultMatch,
  FaultRule,
  NewStatistic,
  Preset,
  RecordedRequest,
  RequestFilter,
  Statistic,
  TokenRequest,
} from "./types.js";

export interface TenantOptions {
  /** The default is a fresh GUID. */
  id?: string;
  /** The object id of the user whom the methods mean by default, itself by default a fresh GUID. */
  user?: string;
}

export interface FailOptions {
  /** How often the rule applies. The default is always. */
  times?: number;
  /** Which requests it matches, all of this tenant by default. */
  match?: FaultMatch;
}

/** A tenant: data, rules and recorded requests that are its own. */
export class Tenant {
  readonly id: string;
  readonly user: string;
  readonly #server: Server;
  readonly #snapshots: string[] = [];

  /** For `Server.tenant`. */
  constructor(server: Server, { id = randomUUID(), user = randomUUID() }: TenantOptions) {
    this.#server = server;
    this.id = id;
    this.user = user;
  }

  /** Mints a token: of the user with Analytics.ReadWrite, or as the request says. With `roles` it is an application's. */
  async token(request: TokenRequest = {}): Promise<string> {
    const body = { tenant: this.id, ...(request.roles ? {} : { user: this.user }), ...request };
    const { token } = await take(this.#server.control.POST("/tokens", { body }));
    return token;
  }

  /**
   * Stores statistics, in place of those with the same ids. This is no request of the tenant: no rule makes it fail, and it
   * is not recorded.
   */
  async put(statistics: NewStatistic | NewStatistic[], { user = this.user } = {}): Promise<void> {
    const rows = [statistics].flat().map((statistic) => JSON.stringify({ tenant: this.id, user, statistic }));
    const { refused } = await take(
      this.#server.control.POST("/seed", {
        body: rows.join("\n"),
        bodySerializer: (text) => text,
        headers: { "Content-Type": "application/x-ndjson" },
      }),
    );
    if (refused.length > 0) {
      const reasons = refused.map(({ line, property = "", reason }) => `\n  statistic ${line}: ${property}: ${reason}`);
      throw new Error(`statistics were refused:${reasons.join("")}`);
    }
  }

  /** Reads a statistic, undefined if there is none. No rule makes it fail. It is recorded, as a request of an application. */
  async get(id: string, { user = this.user } = {}): Promise<Statistic | undefined> {
    const token = await this.token({ roles: ["Analytics.Read.All"] });
    const url = `${this.#server.url}/beta/users/${user}/analytics/activityStatistics/${encodeURIComponent(id)}`;
    const response = await this.#server.fetch(url, { headers: { Authorization: `Bearer ${token}`, "Afterhours-Simulate": "none" } });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`statistic ${id} cannot be read: ${response.status} ${await response.text()}`);
    return (await response.json()) as Statistic;
  }

  /** Lets requests of this tenant fail, by a rule or by the preset of that name. */
  fail(fault: Preset | FaultRule, options: FailOptions = {}): Promise<Fault> {
    const { control } = this.#server;
    const match = { ...options.match, tenant: this.id };
    if (typeof fault === "string") {
      return take(control.POST("/faults/presets/{name}", { params: { path: { name: fault } }, body: { ...options, match } }));
    }
    return take(control.POST("/faults", { body: { ...fault, ...options, match: { ...fault.match, ...match } } }));
  }

  /**
   * The recorded requests with tokens of this tenant, the oldest first. With `wait` it waits so long for `count` of them,
   * and then returns those that came.
   */
  async requests(filter: RequestFilter = {}): Promise<RecordedRequest[]> {
    const { value } = await take(this.#server.control.GET("/requests", { params: { query: { ...filter, tenant: this.id } } }));
    return value;
  }

  /** Goes back to what the server started with, and removes the rules and the recorded requests of this tenant. */
  async reset(): Promise<void> {
    await take(this.#server.control.POST("/reset", { body: { tenant: this.id } }));
  }

  /** Keeps what is stored of this tenant, and returns the function that goes back to it, as often as it is called. */
  async snapshot(): Promise<() => Promise<void>> {
    const name = randomUUID();
    const named = { params: { path: { name } } };
    await take(this.#server.control.PUT("/snapshots/{name}", { ...named, body: { tenant: this.id } }));
    this.#snapshots.push(name);
    return async () => void (await take(this.#server.control.POST("/snapshots/{name}/restore", named)));
  }

  /** Resets the tenant, and forgets its snapshots. */
  async close(): Promise<void> {
    await this.reset();
    for (const name of this.#snapshots.splice(0)) {
      await take(this.#server.control.DELETE("/snapshots/{name}", { params: { path: { name } } }));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
