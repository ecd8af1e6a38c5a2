import { abs } from "./duration.js";
import type { Words } from "./locale.js";
import type { Totals } from "./statistics.js";

const cards: { of: keyof Totals; label: string }[] = [
  { of: "Meeting", label: "Meetings" },
  { of: "Email", label: "Email" },
  { of: "Focus", label: "Focus" },
  { of: "afterHours", label: "After hours" },
];

/** The four large numbers. before is undefined while it is unknown. */
export function Numbers({ words, now, before }: { words: Words; now: Totals; before: Totals | undefined }) {
  return (
    <dl class="numbers">
      {cards.map(({ of, label }) => (
        <div class={`card ${of}`} key={of}>
          <dt>{label}</dt>
          <dd class="number" lang={words.locale}>{words.duration(now[of])}</dd>
          <dd class="change">{before && <Change words={words} by={now[of] - before[of]} />}</dd>
        </div>
      ))}
    </dl>
  );
}

function Change({ words, by }: { words: Words; by: bigint }) {
  if (by === 0n) return <>as the week before</>;
  return (
    <>
      <span class={by > 0n ? "up" : "down"} aria-hidden="true" />
      <span lang={words.locale}>{words.duration(abs(by))}</span> {by > 0n ? "more" : "less"}
      <span class="hidden"> than the week before</span>
    </>
  );
}
