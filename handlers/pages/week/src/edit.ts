// What the form edits, and the request that it sends. The server judges: what the form cannot read is sent as it was typed.

import { statisticPath, type Request } from "./api.js";
import { formatDuration, formatTyped, parseDuration, readTyped } from "./duration.js";
import { ownDurations, typeName, type Activity, type Statistic } from "./statistics.js";
import { addDays } from "./week.js";

export interface Field {
  name: string;
  label: string;
  kind: "duration" | "date" | "text";
  /** Whether the field is always seen, or only with all others. */
  isMain: boolean;
}

const durationLabels: Record<string, string> = {
  afterHours: "After hours",
  readEmail: "Reading",
  sentEmail: "Writing",
  organized: "Organized",
  recurring: "Recurring",
  long: "Long",
  conflicting: "Conflicting",
  multitasking: "Multitasking",
};

/** The fields of an activity. A new statistic also has an id, which the server makes if it is empty. */
export function fieldsOf(activity: Activity, isNew: boolean): Field[] {
  const own = ownDurations[activity].map((name): Field => ({ name, label: durationLabels[name] ?? name, kind: "duration", isMain: name === "afterHours" }));
  const fields: Field[] = [
    { name: "duration", label: "Duration", kind: "duration", isMain: true },
    ...own.filter(({ isMain }) => isMain),
    { name: "timeZoneUsed", label: "Time zone", kind: "text", isMain: true },
    ...own.filter(({ isMain }) => !isMain),
    { name: "startDate", label: "Start", kind: "date", isMain: false },
    { name: "endDate", label: "End", kind: "date", isMain: false },
  ];
  return isNew ? [...fields, { name: "id", label: "Id", kind: "text", isMain: false }] : fields;
}

/** What the fields show, by the name of the property. */
export type Draft = Readonly<Record<string, string>>;

export function draftOf(statistic: Statistic, fields: readonly Field[]): Draft {
  return Object.fromEntries(fields.map(({ name, kind }) => [name, textOf(statistic[name], kind)]));
}

export function newDraft(date: string, timeZone: string, fields: readonly Field[]): Draft {
  const first: Draft = { startDate: date, endDate: addDays(date, 1), timeZoneUsed: timeZone };
  return Object.fromEntries(fields.map(({ name }) => [name, first[name] ?? ""]));
}

/** A value as the form shows it. Null is an empty field. */
export function textOf(value: string | null | undefined, kind: Field["kind"]): string {
  const ticks = kind === "duration" && value ? parseDuration(value) : undefined;
  return ticks === undefined ? (value ?? "") : formatTyped(ticks);
}

function valueOf(text: string, kind: Field["kind"]): string | null {
  if (kind === "text") return text === "" ? null : text;
  const bare = text.trim();
  const ticks = kind === "duration" ? readTyped(bare) : undefined;
  return ticks === undefined ? bare || null : formatDuration(ticks);
}

/** The properties that the draft changes. */
export function changesOf(statistic: Statistic, draft: Draft, fields: readonly Field[]): Record<string, string | null> {
  const before = draftOf(statistic, fields);
  const changed = fields.filter(({ name }) => (draft[name] ?? "") !== before[name]);
  const changes = changed.map(({ name, kind }): [string, string | null] => [name, valueOf(draft[name] ?? "", kind)]);
  return Object.fromEntries(changes.filter(([name, value]) => value !== (statistic[name] ?? null)));
}

/** The documented PATCH. Nobody's change is lost: it is for the version that the form shows. */
export function patchOf(root: string, statistic: Statistic, changes: Record<string, string | null>): Request {
  return {
    method: "PATCH",
    path: statisticPath(root, statistic.id),
    headers: { "If-Match": statistic["@odata.etag"] },
    body: { "@odata.type": statistic["@odata.type"], ...changes },
  };
}

/** The request that creates a statistic. Empty fields are left out. */
export function postOf(root: string, activity: Activity, draft: Draft, fields: readonly Field[]): Request {
  const values = fields.map(({ name, kind }): [string, string | null] => [name, valueOf(draft[name] ?? "", kind)]);
  return {
    method: "POST",
    path: `${root}/activityStatistics`,
    body: { "@odata.type": typeName(activity), ...Object.fromEntries(values.filter(([, value]) => value !== null)) },
  };
}

export function deleteOf(root: string, statistic: Statistic): Request {
  return { method: "DELETE", path: statisticPath(root, statistic.id), headers: { "If-Match": statistic["@odata.etag"] } };
}

/** The request that creates a deleted statistic again, with the same id and values. */
export function restoreOf(root: string, statistic: Statistic): Request {
  const isKept = (name: string) => name === "@odata.type" || !name.includes("@");
  return { method: "POST", path: `${root}/activityStatistics`, body: Object.fromEntries(Object.entries(statistic).filter(([name]) => isKept(name))) };
}

/** The request that takes the changes back. after is the statistic with the changes. */
export function revertOf(root: string, before: Statistic, after: Statistic, changes: Record<string, unknown>): Request {
  return patchOf(root, after, Object.fromEntries(Object.keys(changes).map((name) => [name, before[name] ?? null])));
}

/** The request as text. The token is left out. */
export function written({ method, path, headers, body }: Request): string {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path}`, ...lines, ...(body === undefined ? [] : ["", JSON.stringify(body, undefined, 2)])].join("\n");
}
