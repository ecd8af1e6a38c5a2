// What the API says about a person's weeks, summed up for the page.

import { parseDuration } from "./duration.js";
import { addDays, daysOf, timeOf } from "./week.js";

/** The activities in the order in which they are stacked. */
export const activities = ["Meeting", "Email", "Focus", "Chat", "Call"] as const;
export type Activity = (typeof activities)[number];

/** A statistic as the API sends it. Texts are whatever a client has stored. */
export interface Statistic {
  "@odata.type": string;
  "@odata.etag": string;
  id: string;
  activity?: string;
  startDate?: string | null;
  endDate?: string | null;
  timeZoneUsed?: string | null;
  duration?: string | null;
  afterHours?: string | null;
  [property: string]: string | null | undefined;
}

/** The durations of each type beyond duration. */
export const ownDurations: Record<Activity, readonly string[]> = {
  Meeting: ["afterHours", "organized", "recurring", "long", "conflicting", "multitasking"],
  Email: ["afterHours", "readEmail", "sentEmail"],
  Focus: [],
  Chat: ["afterHours"],
  Call: ["afterHours"],
};

export const typeName = (activity: Activity) => `#microsoft.graph.${activity.toLowerCase()}ActivityStatistics`;

/** The activity of the statistic's type. undefined for a type that the page does not know. */
export function activityOf(statistic: Statistic): Activity | undefined {
  return activities.find((activity) => typeName(activity) === statistic["@odata.type"]);
}

/** Durations in ticks. afterHours is a part of all. */
export interface Sum {
  all: bigint;
  afterHours: bigint;
}

export interface Part extends Sum {
  statistics: Statistic[];
}

export interface Day extends Sum {
  date: string;
  parts: Record<Activity, Part>;
}

const ticksOf = (text: string | null | undefined) => parseDuration(text ?? "") ?? 0n;

function add(sum: Sum, statistic: Statistic): void {
  sum.all += ticksOf(statistic.duration);
  sum.afterHours += ticksOf(statistic.afterHours);
}

/** Sums the statistics by the day on which they start and by activity. */
export function sumDays(week: string, statistics: readonly Statistic[]): Day[] {
  const days = daysOf(week).map((date) => ({ date, parts: emptyParts(), all: 0n, afterHours: 0n }));
  for (const statistic of statistics) {
    const day = days.find(({ date }) => date === statistic.startDate);
    const activity = activityOf(statistic);
    if (!day || !activity) continue;
    add(day, statistic);
    add(day.parts[activity], statistic);
    day.parts[activity].statistics.push(statistic);
  }
  return days;
}

function emptyParts(): Record<Activity, Part> {
  const empty = (): Part => ({ all: 0n, afterHours: 0n, statistics: [] });
  return { Meeting: empty(), Email: empty(), Focus: empty(), Chat: empty(), Call: empty() };
}

export const has = (days: readonly Day[]) => days.some((day) => activities.some((one) => day.parts[one].statistics.length > 0));

/** The four large numbers of a week. */
export interface Totals {
  Meeting: bigint;
  Email: bigint;
  Focus: bigint;
  afterHours: bigint;
}

export function totals(days: readonly Day[]): Totals {
  const sum = (of: (day: Day) => bigint) => days.reduce((all, day) => all + of(day), 0n);
  return {
    Meeting: sum((day) => day.parts.Meeting.all),
    Email: sum((day) => day.parts.Email.all),
    Focus: sum((day) => day.parts.Focus.all),
    afterHours: sum((day) => day.afterHours),
  };
}

export interface Week extends Sum {
  start: string;
}

export const trendWeeks = 12;

/** Sums the statistics by week, for the weeks that end with the given one. */
export function sumWeeks(last: string, statistics: readonly Statistic[]): Week[] {
  const first = addDays(last, -7 * (trendWeeks - 1));
  const weeks = Array.from({ length: trendWeeks }, (_, n) => ({ start: addDays(first, 7 * n), all: 0n, afterHours: 0n }));
  for (const statistic of statistics) {
    const days = (timeOf(statistic.startDate ?? "") - timeOf(first)) / 86_400_000;
    const week = weeks[Math.floor(days / 7)];
    if (week) add(week, statistic);
  }
  return weeks;
}
