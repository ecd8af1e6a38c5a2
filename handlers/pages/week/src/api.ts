// The public API, and nothing else of the server.

import type { Session } from "./session.js";
import { trendWeeks, type Statistic } from "./statistics.js";
import { addDays } from "./week.js";

const base = "/beta";

/** A fault that the server found, with the property that has it. */
export interface Fault {
  code: string;
  message: string;
  target?: string;
}

/** A request that did not succeed. */
export class Failure extends Error {
  constructor(
    /** The HTTP status, 0 if there was no answer. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly faults: readonly Fault[] = [],
  ) {
    super(message);
  }

  /** Whether the same request may succeed a little later. */
  get isPassing(): boolean {
    return [0, 429, 503, 504].includes(this.status);
  }

  /** Whether the settings of the person forbid reading. */
  get isPolicy(): boolean {
    return this.status === 403 && this.message.includes("PolicyNotSatisfied");
  }
}

export interface Settings {
  hasLicense: boolean;
  hasGraphMailbox: boolean;
  hasOptedOut: boolean;
}

/** A request as the form shows it before it is sent. */
export interface Request {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The path of a person's analytics. */
export function analyticsPath(session: Session, person: string): string {
  return person || session.isApplication ? `${base}/users/${encodeURIComponent(person)}/analytics` : `${base}/me/analytics`;
}

export const statisticPath = (root: string, id: string) => `${root}/activityStatistics/${encodeURIComponent(id)}`;

/** Sends the request, with a new token if the old one is not valid any more. The answer is undefined if it has no body. */
export async function send<Answer>(session: Session, request: Request, signal?: AbortSignal): Promise<Answer> {
  let response = await fetchOnce(session, request, signal);
  if (response.status === 401 && session.renew) {
    const renewed = await session.renew().catch(() => undefined);
    if (renewed) {
      session.token = renewed;
      response = await fetchOnce(session, request, signal);
    }
  }
  const text = await response.text();
  if (!response.ok) throw failureOf(response.status, text);
  return (text ? JSON.parse(text) : undefined) as Answer;
}

function fetchOnce(session: Session, request: Request, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { ...request.headers, Authorization: `Bearer ${session.token}`, Accept: "application/json" };
  const options: RequestInit = { method: request.method, headers, cache: "no-store" };
  if (signal) options.signal = signal;
  if (request.body !== undefined) {
    headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(request.body);
  }
  return fetch(request.path, options).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new Failure(0, "", "The server cannot be reached.");
  });
}

interface ErrorAnswer {
  error?: { code?: string; message?: string; target?: string; details?: Fault[] };
}

/** Reads the one shape of errors; something else may come from a proxy. */
export function failureOf(status: number, text: string): Failure {
  let answer: ErrorAnswer = {};
  try {
    answer = JSON.parse(text) as ErrorAnswer;
  } catch {
    // Not JSON: the status alone has to do.
  }
  const { code = "", message = `The server answered ${status}.`, target, details } = answer.error ?? {};
  const only: Fault[] = target ? [{ code, message, target }] : [];
  return new Failure(status, code, message, details?.length ? details : only);
}

export interface Page {
  value: Statistic[];
  "@odata.nextLink"?: string;
}

/** Reads a list of statistics to its end, page by page. */
export async function readPages(read: (request: Request) => Promise<Page>, first: string): Promise<Statistic[]> {
  const statistics: Statistic[] = [];
  let path: string | undefined = first;
  while (path) {
    const page: Page = await read({ method: "GET", path });
    statistics.push(...page.value);
    path = ownPath(page["@odata.nextLink"]);
  }
  return statistics;
}

/** Reads the statistics that start on one of the days from first to before end. */
function between(session: Session, root: string, first: string, end: string, select: string, signal: AbortSignal): Promise<Statistic[]> {
  const query = new URLSearchParams({ $filter: `startDate ge ${first} and startDate lt ${end}`, $top: "1000" });
  if (select) query.set("$select", select);
  return readPages((request) => send<Page>(session, request, signal), `${root}/activityStatistics?${query}`);
}

/** The path of a link. The server may be known by another name than the one that links have. */
function ownPath(link: string | undefined): string | undefined {
  if (!link) return undefined;
  const { pathname, search } = new URL(link, location.origin);
  return pathname + search;
}

export interface Weeks {
  week: string;
  /** The statistics of the week, whole. */
  current: Statistic[];
  /** The statistics of the weeks before, with date and durations. */
  earlier: Statistic[];
  /** The start of the person's last statistic, if the week has none. */
  latest?: string;
}

/** Reads a week and the ones before it that the trend shows. */
export async function readWeeks(session: Session, root: string, week: string, signal: AbortSignal): Promise<Weeks> {
  const first = addDays(week, -7 * (trendWeeks - 1));
  // One after the other: the server does one list at a time for each caller, and refuses what waits for long.
  const current = await between(session, root, week, addDays(week, 7), "", signal);
  const earlier = await between(session, root, first, week, "startDate,duration,afterHours", signal);
  const weeks: Weeks = { week, current, earlier };
  if (current.length === 0) {
    const latest = await latestStart(session, root, signal);
    if (latest) weeks.latest = latest;
  }
  return weeks;
}

async function latestStart(session: Session, root: string, signal: AbortSignal): Promise<string | undefined> {
  const query = new URLSearchParams({ $filter: "startDate ne null", $orderby: "startDate desc", $top: "1", $select: "startDate" });
  const page = await send<Page>(session, { method: "GET", path: `${root}/activityStatistics?${query}` }, signal);
  return page.value[0]?.startDate ?? undefined;
}

export const readSettings = (session: Session, root: string, signal?: AbortSignal) =>
  send<Settings>(session, { method: "GET", path: `${root}/settings` }, signal);

/** Changes some of the settings. The answer has all of them. */
export const changeSettings = (session: Session, root: string, change: Partial<Settings>) =>
  send<Settings>(session, { method: "PATCH", path: `${root}/settings`, body: change });
