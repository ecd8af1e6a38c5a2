import { useState } from "preact/hooks";
import type { Selection } from "./chart.js";
import type { Words } from "./locale.js";
import { activities, type Activity, type Day } from "./statistics.js";

type Column = "date" | Activity | "all" | "afterHours";
const columns: { of: Column; label: string }[] = [
  { of: "date", label: "Day" },
  ...activities.map((activity) => ({ of: activity, label: activity })),
  { of: "all", label: "All" },
  { of: "afterHours", label: "After hours" },
];

interface TableProps {
  words: Words;
  days: readonly Day[];
  selected: Selection | undefined;
  select: (date: string, activity?: Activity) => void;
}

/** The same numbers as in the chart. Each column sorts; a row selects its day. */
export function Table({ words, days, selected, select }: TableProps) {
  const [order, setOrder] = useState<{ by: Column; isDown: boolean }>({ by: "date", isDown: false });
  const sort = (by: Column) => setOrder(order.by === by ? { by, isDown: !order.isDown } : { by, isDown: by !== "date" });
  return (
    <table class="days" aria-label="The same in numbers">
      <thead>
        <tr>
          {columns.map(({ of, label }) => (
            <th scope="col" key={of} {...(order.by === of && { "aria-sort": order.isDown ? "descending" : "ascending" })}>
              <button type="button" class="plain" onClick={() => sort(of)}>
                {label}
                <span class="sorted" aria-hidden="true" />
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted(days, order.by, order.isDown).map((day) => (
          <tr key={day.date} class={selected?.date === day.date ? "selected" : ""} onClick={() => select(day.date)}>
            <th scope="row">
              <button type="button" class="plain" lang={words.locale} aria-pressed={selected?.date === day.date}>
                {words.day(day.date, "medium")}
              </button>
            </th>
            {columns.slice(1).map(({ of, label }) => (
              <Cell key={of} words={words} of={of} label={label} ticks={valueOf(day, of)} />
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Week</th>
          {columns.slice(1).map(({ of, label }) => (
            <Cell key={of} words={words} of={of} label={label} ticks={days.reduce((sum, day) => sum + valueOf(day, of), 0n)} />
          ))}
        </tr>
      </tfoot>
    </table>
  );
}

/** A duration. On a phone the label is beside it, and a cell without a duration is left out. */
function Cell({ words, of, label, ticks }: { words: Words; of: Column; label: string; ticks: bigint }) {
  return (
    <td data-label={label} class={ticks === 0n ? `${of} none` : of} lang={words.locale}>
      {ticks === 0n ? "–" : words.duration(ticks)}
    </td>
  );
}

function valueOf(day: Day, column: Column): bigint {
  switch (column) {
    case "date":
      return 0n;
    case "all":
    case "afterHours":
      return day[column];
    default:
      return day.parts[column].all;
  }
}

/** The days by the column; those with equal values by date. */
export function sorted(days: readonly Day[], by: Column, isDown: boolean): Day[] {
  const sign = isDown ? -1 : 1;
  if (by === "date") return isDown ? days.toReversed() : [...days];
  return days.toSorted((a, b) => sign * compare(valueOf(a, by), valueOf(b, by)));
}

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
