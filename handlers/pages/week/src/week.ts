// Dates are calendar dates without a zone, as text: 2026-11-16. Their arithmetic is in UTC, which has no summer time.

const dayLength = 86_400_000;

/** The first and the last day that the page shows: the API has the years 1 to 9999, and the trend reaches twelve weeks back. */
export const earliest = "0001-04-01";
export const latest = "9999-12-20";

/** Reports whether the text is a date that exists. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && toDate(text) === text;
}

function toDate(text: string): string {
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) ? "" : fromTime(time);
}

const fromTime = (time: number) => new Date(time).toISOString().slice(0, 10);

/** The instant at which the date begins in UTC, for Intl with the time zone UTC. */
export const timeOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);

export const addDays = (date: string, days: number): string => fromTime(timeOf(date) + days * dayLength);

/** The date on the clock of the person, in their own time zone. */
export function today(now: Date): string {
  return fromTime(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
}

/** The first day of the week that has the date. firstDay is 1 for Monday to 7 for Sunday. */
export function weekOf(date: string, firstDay: number): string {
  const weekday = new Date(timeOf(date)).getUTCDay(); // 0 for Sunday
  return addDays(date, -((weekday - firstDay + 7) % 7));
}

/** The first day of the last week that is over. */
export function lastCompleteWeek(now: Date, firstDay: number): string {
  return addDays(weekOf(today(now), firstDay), -7);
}

/** The seven days of the week that begins on the date. */
export const daysOf = (week: string): string[] => [0, 1, 2, 3, 4, 5, 6].map((day) => addDays(week, day));
