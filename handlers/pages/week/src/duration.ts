// Durations are whole ticks of 100 ns, exact over the range of a signed 64-bit number.

export const second = 10_000_000n;
export const minute = 60n * second;
export const hour = 60n * minute;
const day = 24n * hour;

const iso = /^([+-]?)P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,7}))?S)?)?$/;

/** Reads an Edm.Duration such as -PT1M55.0810357S; undefined if the text is not one. */
export function parseDuration(text: string): bigint | undefined {
  const parts = iso.exec(text);
  return parts ? ticksOf(parts) : undefined;
}

const units = /^([+-]?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)(?:\.(\d{1,7}))?s)?$/;

/** Reads what a person types: 1h 30m, 90 min, -1m 55.5s, or an Edm.Duration; undefined for anything else. */
export function readTyped(text: string): bigint | undefined {
  const bare = text.replace(/\s/g, "").replace("\u2212", "-");
  const parts = units.exec(bare.toLowerCase());
  return parts && /\d/.test(bare) ? ticksOf(parts) : parseDuration(bare.toUpperCase());
}

function ticksOf([, sign, days, hours, minutes, seconds, fraction]: RegExpExecArray): bigint {
  const ticks =
    BigInt(days ?? 0) * day +
    BigInt(hours ?? 0) * hour +
    BigInt(minutes ?? 0) * minute +
    BigInt(seconds ?? 0) * second +
    BigInt((fraction ?? "").padEnd(7, "0"));
  return sign === "-" ? -ticks : ticks;
}

/** The parts of a duration's magnitude. fraction is in ticks. */
function split(ticks: bigint) {
  const magnitude = abs(ticks);
  return {
    sign: ticks < 0n ? "-" : "",
    days: magnitude / day,
    hours: (magnitude % day) / hour,
    minutes: (magnitude % hour) / minute,
    seconds: (magnitude % minute) / second,
    fraction: magnitude % second,
  };
}

/** Writes the canonical Edm.Duration, as the server does: PT1H30M, P1DT12H, PT0S. */
export function formatDuration(ticks: bigint): string {
  if (ticks === 0n) return "PT0S";
  const { sign, days, hours, minutes, seconds, fraction } = split(ticks);
  const time = part(hours, "H") + part(minutes, "M") + secondsPart(seconds, fraction, "S");
  return `${sign}P${part(days, "D")}${time && `T${time}`}`;
}

/** Writes what readTyped reads, exactly: 1h 30m. */
export function formatTyped(ticks: bigint): string {
  if (ticks === 0n) return "0m";
  const { sign, days, hours, minutes, seconds, fraction } = split(ticks);
  const words = [part(days * 24n + hours, "h"), part(minutes, "m"), secondsPart(seconds, fraction, "s")];
  return sign + words.filter(Boolean).join(" ");
}

const part = (value: bigint, unit: string) => (value ? `${value}${unit}` : "");

function secondsPart(seconds: bigint, fraction: bigint, unit: string): string {
  if (!fraction) return part(seconds, unit);
  return `${seconds}.${String(fraction).padStart(7, "0").replace(/0+$/, "")}${unit}`;
}

export const abs = (ticks: bigint) => (ticks < 0n ? -ticks : ticks);
