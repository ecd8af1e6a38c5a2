import type { Words } from "./locale.js";
import { scaleOf } from "./scale.js";
import type { Week } from "./statistics.js";
import { useWidth } from "./use.js";

const height = 110;
const edge = 8;

/** Twelve weeks as two lines, and as a table that can be opened. */
export function Trend({ words, weeks, go }: { words: Words; weeks: readonly Week[]; go: (week: string) => void }) {
  const [figure, width] = useWidth<HTMLElement>(320);
  const first = weeks[0]?.start;
  const last = weeks.at(-1)?.start;
  return (
    <figure class="card trend" ref={figure}>
      <figcaption>
        <h2>Twelve weeks</h2>
        <ul class="legend" aria-hidden="true">
          <li>
            <span class="dash all" />
            all
          </li>
          <li>
            <span class="dash afterHours" />
            after hours
          </li>
        </ul>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="trend-title trend-text">
        <title id="trend-title">Time in the last twelve weeks</title>
        <desc id="trend-text">Two lines: all time and after hours. The table “Numbers by week” has every number.</desc>
        <TrendLines words={words} weeks={weeks} width={width} />
      </svg>
      <p class="ends" aria-hidden="true">
        <span>{first && words.day(first, "short")}</span>
        <span>{last && words.day(last, "short")}</span>
      </p>
      <details>
        <summary>Numbers by week</summary>
        <WeekTable words={words} weeks={weeks} go={go} />
      </details>
    </figure>
  );
}

function TrendLines({ words, weeks, width }: { words: Words; weeks: readonly Week[]; width: number }) {
  const values = weeks.flatMap(({ all, afterHours }) => [all, afterHours]);
  const most = (isMore: (a: bigint, b: bigint) => boolean) => values.reduce((best, value) => (isMore(value, best) ? value : best), 0n);
  const { lowest, highest } = scaleOf(
    most((a, b) => a < b),
    most((a, b) => a > b),
  );
  const y = (value: bigint) => edge + ((height - 2 * edge) * Number(highest - value)) / Number(highest - lowest);
  const x = (index: number) => {
    const along = edge + ((width - 2 * edge) * index) / (weeks.length - 1);
    return words.direction === "rtl" ? width - along : along;
  };
  const points = (of: (week: Week) => bigint) => weeks.map((week, index) => `${x(index)},${y(of(week))}`).join(" ");
  const last = weeks.at(-1);
  return (
    <g aria-hidden="true">
      <line class="line" x1={0} x2={width} y1={y(0n)} y2={y(0n)} />
      <polyline class="all" points={points(({ all }) => all)} />
      <polyline class="afterHours" points={points(({ afterHours }) => afterHours)} />
      {last && <circle class="all" cx={x(weeks.length - 1)} cy={y(last.all)} r={4} />}
      {last && <circle class="afterHours" cx={x(weeks.length - 1)} cy={y(last.afterHours)} r={4} />}
    </g>
  );
}

function WeekTable({ words, weeks, go }: { words: Words; weeks: readonly Week[]; go: (week: string) => void }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Week</th>
          <th scope="col">All</th>
          <th scope="col">After hours</th>
        </tr>
      </thead>
      <tbody>
        {weeks.map(({ start, all, afterHours }) => (
          <tr key={start}>
            <th scope="row">
              <button type="button" class="plain" lang={words.locale} onClick={() => go(start)}>
                {words.day(start, "medium")}
              </button>
            </th>
            <td lang={words.locale}>{words.duration(all)}</td>
            <td lang={words.locale}>{words.duration(afterHours)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
