// How the person's locale writes dates and durations, by Intl.

import { abs, hour, minute, second } from "./duration.js";
import { addDays, timeOf } from "./week.js";

export interface Words {
  locale: string;
  direction: "ltr" | "rtl";
  /** 1 for Monday to 7 for Sunday. */
  firstDay: number;
  /** 7h 25m, 25m, -1m 55s. Seconds are shown below ten minutes only; what is not shown is cut off. */
  duration(ticks: bigint): string;
  /** The duration in hours, to a tenth: 6h, 6.8h. */
  hours(ticks: bigint): string;
  day(date: string, style: keyof typeof styles): string;
  range(first: string, days: number): string;
}

const styles = {
  weekday: { weekday: "short" },
  number: { day: "numeric" },
  short: { month: "short", day: "numeric" },
  medium: { weekday: "short", day: "numeric", month: "short" },
  long: { weekday: "long", day: "numeric", month: "long" },
} as const;

export function words(locale: string): Words {
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC", calendar: "gregory" });
  const formats = {
    weekday: dates(styles.weekday),
    number: dates(styles.number),
    short: dates(styles.short),
    medium: dates(styles.medium),
    long: dates(styles.long),
  };
  const tenths = unit(locale, "hour", { maximumFractionDigits: 1 });
  const ranges = dates({ day: "numeric", month: "long", year: "numeric" });
  return {
    locale,
    direction: directionOf(locale),
    firstDay: firstDayOf(locale),
    duration: durations(locale),
    hours: (ticks) => tenths.format(Number(ticks) / Number(hour)),
    day: (date, style) => formats[style].format(timeOf(date)),
    range: (first, days) => ranges.formatRange(timeOf(first), timeOf(addDays(first, days - 1))),
  };
}

/** A format of amounts of a unit. No line ends between number and unit. */
function unit(locale: string, name: string, options: Intl.NumberFormatOptions = {}) {
  const numbers = new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "narrow", useGrouping: false, ...options });
  return { format: (amount: number | bigint) => numbers.format(amount).replaceAll(" ", "\u00a0") };
}

function durations(locale: string): (ticks: bigint) => string {
  const hours = unit(locale, "hour");
  const minutes = unit(locale, "minute");
  const twoDigits = unit(locale, "minute", { minimumIntegerDigits: 2 });
  const seconds = unit(locale, "second");
  const twoDigitSeconds = unit(locale, "second", { minimumIntegerDigits: 2 });
  const fractions = unit(locale, "second", { maximumFractionDigits: 7 });
  return (ticks) => {
    const sign = ticks < 0n ? -1 : 1;
    const size = abs(ticks);
    if (size >= hour) return `${hours.format(sign * Number(size / hour))} ${twoDigits.format((size % hour) / minute)}`;
    const rest = twoDigitSeconds.format((size % minute) / second);
    if (size >= minute) {
      const whole = minutes.format(sign * Number(size / minute));
      return size % minute < second || size >= 10n * minute ? whole : `${whole} ${rest}`;
    }
    if (size >= second) return seconds.format(sign * Number(size / second));
    return size === 0n ? minutes.format(0) : fractions.format((sign * Number(size)) / Number(second));
  };
}

/** Intl.Locale with what TypeScript's library does not know yet, and Firefox does not have. */
interface NewLocale extends Intl.Locale {
  getWeekInfo?(): { firstDay: number };
  weekInfo?: { firstDay: number };
  getTextInfo?(): { direction: "ltr" | "rtl" };
  textInfo?: { direction: "ltr" | "rtl" };
}

// From CLDR, for browsers without getWeekInfo: regions whose week begins on Sunday and on Saturday. Monday is the rule.
const sunday = "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW";
const saturday = "AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY";

/** The first day of the locale's week, 1 for Monday to 7 for Sunday. */
export function firstDayOf(name: string): number {
  const locale: NewLocale = new Intl.Locale(name);
  const known = locale.getWeekInfo?.() ?? locale.weekInfo;
  return known ? known.firstDay : firstDayIn(locale.maximize().region ?? "");
}

export function firstDayIn(region: string): number {
  const isIn = (regions: string) => region !== "" && regions.split(" ").includes(region);
  if (isIn(sunday)) return 7;
  return isIn(saturday) ? 6 : 1;
}

export function directionOf(name: string): "ltr" | "rtl" {
  const locale: NewLocale = new Intl.Locale(name);
  const known = locale.getTextInfo?.() ?? locale.textInfo;
  if (known) return known.direction;
  return ["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"].includes(locale.maximize().script ?? "") ? "rtl" : "ltr";
}
