// The scale of a chart of durations.

import { hour, minute } from "./duration.js";

const steps = [1n, 5n, 10n, 15n, 30n, 60n, 120n, 180n, 240n, 360n, 720n, 1440n, 2880n, 10080n].map((minutes) => minutes * minute);

export interface Scale {
  lowest: bigint;
  highest: bigint;
  /** The values that have a line, from the lowest to the highest. */
  lines: bigint[];
}

/**
 * Chooses round steps, four at most, that hold all values from the lowest to the highest. Zero is always a line.
 * A little below zero gets a quarter of a step instead of a whole one.
 */
export function scaleOf(lowest: bigint, highest: bigint): Scale {
  const low = lowest < 0n ? lowest : 0n;
  const high = highest > 0n ? highest : 0n;
  if (low === 0n && high === 0n) return { lowest: 0n, highest: hour, lines: [0n, hour] };
  const isLittle = (step: bigint) => low < 0n && high > 0n && -low * 4n <= step;
  const below = (step: bigint) => (isLittle(step) ? 0n : ceil(-low, step));
  const step = steps.find((one) => ceil(high, one) + below(one) <= 4n) ?? ceil(high - low, 3n);
  const lines: bigint[] = [];
  for (let n = -below(step); n <= ceil(high, step); n++) lines.push(n * step);
  return { lowest: isLittle(step) ? -step / 4n : (lines[0] ?? 0n), highest: lines.at(-1) ?? 0n, lines };
}

/** A positive number divided by another, rounded up. */
const ceil = (value: bigint, by: bigint) => (value + by - 1n) / by;
