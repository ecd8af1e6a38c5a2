// Import and export by the public API.

import { analyticsPath, Failure, failureOf, readPages, statisticPath, type Page } from "./api.js";
import { columnOf, writeSheet, type Item, type Refusal, type Sheet } from "./columns.js";
import type { Send } from "./lasting.js";
import type { Session } from "./session.js";

const batchSize = 20; // as many as the API takes
const patience = 30; // attempts a second apart, while the server is busy

export interface Report {
  isDone: boolean;
  /** How many rows were sent, of all. */
  sent: number;
  all: number;
  created: number;
  replaced: number;
  refusals: Refusal[];
  /** Why the import ended early. */
  failure?: string;
}

interface BatchAnswer {
  responses: { id: string; status: number; headers?: Record<string, string>; body?: unknown }[];
}

/**
 * Writes the rows, twenty at a time. A statistic that exists gets the values of its row. tell is called after each step.
 * An abort lets the step under way end, so that the report is true.
 */
export async function importSheet(send: Send, session: Session, person: string, sheet: Sheet, tell: (report: Report) => void, signal: AbortSignal): Promise<void> {
  const nameless = sheet.items.filter(({ id }) => !id);
  const items = sheet.items.filter(({ id }) => id);
  const refusals = [...sheet.refusals, ...nameless.map(({ line }) => ({ line, column: "StatisticId", reason: "The id is missing, and so is a part of what makes one: type and dates." }))];
  const report: Report = { isDone: false, sent: 0, all: items.length, created: 0, replaced: 0, refusals };
  try {
    for (let at = 0; at < items.length; at += batchSize) {
      signal.throwIfAborted();
      await sendBatch(send, session, person, items.slice(at, at + batchSize), report, signal);
      tell({ ...report });
    }
  } catch (cause) {
    report.failure = signal.aborted ? "Stopped." : cause instanceof Failure ? cause.message : String(cause);
  }
  report.refusals.sort((a, b) => a.line - b.line);
  tell({ ...report, isDone: true });
}

async function sendBatch(send: Send, session: Session, person: string, items: readonly Item[], report: Report, signal: AbortSignal): Promise<void> {
  let left = [...items];
  for (let attempt = 0; left.length > 0; attempt++) {
    const requests = left.map((item, index) => ({
      id: String(index),
      method: "PATCH",
      url: statisticPath(analyticsPath(session, item.person || person), item.id).replace(/^\/beta/, ""),
      headers: { "Content-Type": "application/json", Prefer: "create-if-missing, return=minimal" },
      body: item.body,
    }));
    const busy: Item[] = [];
    try {
      const { responses } = await send<BatchAnswer>({ method: "POST", path: "/beta/$batch", body: { requests } }, signal);
      for (const answer of responses) {
        const item = left[Number(answer.id)];
        if (!item) continue;
        const isPassing = answer.status === 429 || answer.status === 503;
        if (isPassing && attempt < patience) busy.push(item);
        else count(item, answer, report);
      }
    } catch (cause) {
      if (!(cause instanceof Failure && cause.isPassing && attempt < patience)) throw cause;
      busy.push(...left);
    }
    left = busy;
    if (left.length > 0) await pause(1000, signal);
  }
}

function count({ line }: Item, { status, headers, body }: BatchAnswer["responses"][number], report: Report): void {
  report.sent++;
  if (status < 300 && headers?.["OData-EntityId"]) report.created++; // only the answer to a creation has it
  else if (status < 300) report.replaced++;
  else {
    const { message, faults } = failureOf(status, JSON.stringify(body));
    const found = faults.length > 0 ? faults : [{ target: "", message }];
    report.refusals.push(...found.map((fault) => ({ line, column: columnOf(fault.target ?? ""), reason: fault.message })));
  }
}

const pause = (time: number, signal: AbortSignal) =>
  new Promise<void>((done, fail) => {
    const timer = setTimeout(done, time);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      fail(signal.reason);
    });
  });

/** The whole of a person's statistics as a CSV, and the object id of the person. */
export async function exportSheet(send: Send, session: Session, person: string, signal: AbortSignal): Promise<{ id: string; text: string }> {
  const root = analyticsPath(session, person);
  const { id } = await send<{ id: string }>({ method: "GET", path: root }, signal);
  const statistics = await readPages((request) => send<Page>(request, signal), `${root}/activityStatistics?$top=1000`);
  return { id, text: writeSheet(session.tenant, id, statistics) };
}
