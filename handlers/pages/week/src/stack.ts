// How the bar of a day is stacked.

import { activities, type Activity, type Day } from "./statistics.js";

export interface Piece {
  activity: Activity;
  isAfterHours: boolean;
  value: bigint;
  /** Where the piece begins and ends, in ticks. A piece with a negative value lies below the line. */
  from: bigint;
  to: bigint;
}

/** Stacks the hours of all activities, and the after hours of each on top. Negative pieces hang below the line. */
export function stack(day: Day): Piece[] {
  const pieces: Piece[] = [];
  let top = 0n;
  let bottom = 0n;
  const put = (activity: Activity, isAfterHours: boolean, value: bigint) => {
    if (value === 0n) return;
    const from = value > 0n ? top : bottom;
    const to = from + value;
    if (value > 0n) top = to;
    else bottom = to;
    pieces.push({ activity, isAfterHours, value, from, to });
  };
  for (const activity of activities) put(activity, false, day.parts[activity].all - day.parts[activity].afterHours);
  for (const activity of activities) put(activity, true, day.parts[activity].afterHours);
  return pieces;
}

/** The lowest and the highest end of all pieces. */
export function extent(stacks: readonly Piece[][]): [lowest: bigint, highest: bigint] {
  const ends = stacks.flat().map(({ to }) => to);
  const extreme = (isMore: (a: bigint, b: bigint) => boolean) => ends.reduce((most, end) => (isMore(end, most) ? end : most), 0n);
  return [extreme((a, b) => a < b), extreme((a, b) => a > b)];
}
