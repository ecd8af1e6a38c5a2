// The columns of a CSV, as the program's import and export have them.

import { parseCSV, writeCSV } from "./csv.js";
import { formatDuration, hour } from "./duration.js";
import { activities, activityOf, ownDurations, typeName, type Activity, type Statistic } from "./statistics.js";

const durations = ["duration", "afterHours", "readEmail", "sentEmail", "conflicting", "long", "multitasking", "organized", "recurring"];
const columns: [column: string, property: string][] = [
  ["TenantId", "tenant"],
  ["PersonId", "user"],
  ["StatisticId", "id"],
  ["StatisticType", "@odata.type"],
  ["Activity", "activity"],
  ["MetricDate", "startDate"],
  ["EndDate", "endDate"],
  ["TimeZone", "timeZoneUsed"],
  ...durations.map((name): [string, string] => [name.charAt(0).toUpperCase() + name.slice(1), name]),
];

/** The column of a property, or the property itself if it has none. */
export const columnOf = (property: string) => columns.find(([, name]) => name === property)?.[0] ?? property;

/** A row to import. */
export interface Item {
  line: number;
  /** The person, "" for the one who is shown. */
  person: string;
  id: string;
  body: Record<string, string | null>;
}

/** A row that is not imported. */
export interface Refusal {
  line: number;
  column: string;
  reason: string;
}

export interface Sheet {
  items: Item[];
  refusals: Refusal[];
}

/** Reads a sheet with a header. The error is that of a sheet that cannot be used at all. */
export function readSheet(text: string): Sheet {
  const [header, ...rows] = parseCSV(text);
  if (!header) throw new Error("The file is empty; its first line must be a header.");
  if (header.cells.length === 1 && /[;\t]/.test(header.cells[0] ?? "")) throw new Error("The columns are separated by semicolons or tabs; separate them by commas.");
  const properties = header.cells.map((cell) => columns.find(([name]) => name.toLowerCase() === cell.trim().toLowerCase())?.[1] ?? "");
  const unknown = header.cells.filter((_, index) => !properties[index]);
  if (unknown.length > 0) throw new Error(`Unknown columns: ${unknown.join(", ")}. Known: ${columns.map(([name]) => name).join(", ")}.`);
  const sheet: Sheet = { items: [], refusals: [] };
  for (const { line, cells } of rows) {
    if (cells.length === properties.length) sheet.items.push(itemOf(line, properties, cells));
    else sheet.refusals.push({ line, column: "", reason: `The row has ${cells.length} cells; the header has ${properties.length}.` });
  }
  return sheet;
}

function itemOf(line: number, properties: readonly string[], cells: readonly string[]): Item {
  const values = Object.fromEntries(properties.map((name, index) => [name, cells[index] ?? ""]));
  const { tenant: _, user = "", id = "", "@odata.type": type = "", ...rest } = values;
  const activity = activityNamed(type);
  const body: Item["body"] = { "@odata.type": activity ? typeName(activity) : type };
  for (const [name, cell] of Object.entries(rest)) {
    if (cell !== "") body[name] = valueOf(name, cell);
    else if (name !== "activity" && activity && isOf(name, activity)) body[name] = null;
  }
  return { line, person: user, id: id || composed(activity, body), body };
}

function valueOf(name: string, cell: string): string {
  if (name === "timeZoneUsed") return unquoted(cell);
  return durations.includes(name) ? (fromHours(cell.trim()) ?? cell) : cell;
}

/** Reads hours such as 1.5 as a duration. undefined if the text is no number, or no whole number of ticks. */
function fromHours(text: string): string | undefined {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (!whole) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * hour;
  if (scaled % scale !== 0n) return undefined;
  return formatDuration(sign === "-" ? -(scaled / scale) : scaled / scale);
}

function activityNamed(text: string): Activity | undefined {
  const name = text.replace(/^#?microsoft\.graph\./i, "").replace(/ActivityStatistics$/i, "");
  return activities.find((activity) => activity.toLowerCase() === name.toLowerCase());
}

const isOf = (name: string, activity: Activity) => !durations.includes(name) || name === "duration" || ownDurations[activity].includes(name);

/** The id that the server would compose, "" if something of it is missing. */
function composed(activity: Activity | undefined, { startDate, endDate }: Item["body"]): string {
  return activity && startDate && endDate ? `${activity.toLowerCase()}_${startDate}_${endDate}` : "";
}

/** A text that a spreadsheet could read as a formula is in quotation marks within its cell, and so is an empty one. */
const quoted = (text: string) => (text === "" || '"=+-@'.includes(text.charAt(0)) ? `"${text}"` : text);
const unquoted = (cell: string) => (cell.length >= 2 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1) : cell);

/** Writes a sheet that import reads. */
export function writeSheet(tenant: string, person: string, statistics: readonly Statistic[]): string {
  const cell = (statistic: Statistic, property: string): string => {
    if (property === "tenant") return tenant;
    if (property === "user") return person;
    if (property === "@odata.type") return activityOf(statistic)?.toLowerCase() ?? statistic["@odata.type"];
    const value = statistic[property];
    if (property === "timeZoneUsed" && typeof value === "string") return quoted(value);
    return value ?? "";
  };
  const lines = statistics.map((statistic) => columns.map(([, property]) => cell(statistic, property)));
  return [columns.map(([name]) => name), ...lines].map(writeCSV).join("");
}
