import type { Words } from "./locale.js";
import { scaleOf, type Scale } from "./scale.js";
import { extent, stack, type Piece } from "./stack.js";
import { activities, type Activity, type Day } from "./statistics.js";
import { hour } from "./duration.js";
import { useWidth } from "./use.js";

export interface Selection {
  date: string;
  activity: Activity;
}

interface ChartProps {
  words: Words;
  days: readonly Day[];
  selected: Selection | undefined;
  select: (date: string, activity?: Activity) => void;
}

const height = 320;
const edge = { top: 26, bottom: 26, side: 44 };
const narrowStep = 60; // pixels for a day, below which its labels are short

/** A stacked bar a day. The table has the same numbers for those who cannot see it. */
export function Chart(props: ChartProps) {
  const [figure, width] = useWidth<HTMLElement>(700);
  return (
    <figure class="card chart" ref={figure}>
      <figcaption>
        <h2>Time by day</h2>
        <Legend />
      </figcaption>
      <Bars {...props} width={width} />
    </figure>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-hidden="true">
      {activities.map((activity) => (
        <li key={activity}>
          <span class={`mark ${activity}`} />
          {activity}
        </li>
      ))}
      <li>
        <span class="mark after" />
        after hours
      </li>
    </ul>
  );
}

function Bars({ words, days, selected, select, width }: ChartProps & { width: number }) {
  const stacks = days.map(stack);
  const scale = scaleOf(...extent(stacks));
  const start = words.direction === "rtl" ? 0 : edge.side;
  const step = (width - edge.side) / days.length;
  const isNarrow = step < narrowStep;
  const bottom = height - edge.bottom - (isNarrow ? 15 : 0);
  const y = positions(scale, bottom);
  const barWidth = Math.min(58, step * 0.62);
  const middle = (index: number) => start + step * ((words.direction === "rtl" ? days.length - 1 - index : index) + 0.5);
  return (
    <svg class="bars" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="chart-title chart-text">
      <title id="chart-title">Time by day and activity</title>
      <desc id="chart-text">One stacked bar a day. The table “The same in numbers” has every number.</desc>
      <Patterns />
      <Lines words={words} scale={scale} y={y} width={width} start={start} />
      {days.map((day, index) => (
        <g class={selected?.date === day.date ? "day selected" : "day"} key={day.date} aria-hidden="true">
          <rect class="column" x={middle(index) - step / 2} y={0} width={step} height={height} onClick={() => select(day.date)} />
          {stacks[index]?.map((piece) => (
            <Bar key={`${piece.activity}${piece.isAfterHours}`} words={words} piece={piece} x={middle(index) - barWidth / 2} width={barWidth} y={y} select={() => select(day.date, piece.activity)} />
          ))}
          <text class="total" x={middle(index)} y={topOf(stacks[index] ?? [], y) - 8}>
            {day.all !== 0n && (isNarrow ? words.hours(day.all) : words.duration(day.all))}
          </text>
          <DayName words={words} date={day.date} x={middle(index)} y={bottom + 20} isNarrow={isNarrow} />
        </g>
      ))}
    </svg>
  );
}

/** Weekday and day of the month, below each other if there is little room. */
function DayName({ words, date, x, y, isNarrow }: { words: Words; date: string; x: number; y: number; isNarrow: boolean }) {
  const weekday = words.day(date, "weekday");
  const number = words.day(date, "number");
  return (
    <text class="name" x={x} y={y}>
      {isNarrow ? weekday : `${weekday} ${number}`}
      {isNarrow && (
        <tspan x={x} dy={15}>
          {number}
        </tspan>
      )}
    </text>
  );
}

/** A function from ticks to pixels from the top. */
function positions({ lowest, highest }: Scale, bottom: number): (ticks: bigint) => number {
  const pixels = bottom - edge.top;
  const range = Number(highest - lowest);
  return (ticks) => edge.top + (pixels * Number(highest - ticks)) / range;
}

const topOf = (pieces: Piece[], y: (ticks: bigint) => number) => Math.min(y(0n), ...pieces.map(({ from, to }) => y(from > to ? from : to)));

function Bar({ words, piece, x, width, y, select }: { words: Words; piece: Piece; x: number; width: number; y: (ticks: bigint) => number; select: () => void }) {
  const ends = [y(piece.from), y(piece.to)] as const;
  const gap = Math.min(1.5, Math.abs(ends[0] - ends[1]) / 2); // a line of the panel's colour between two pieces
  const size = Math.max(1, Math.abs(ends[0] - ends[1]) - gap);
  const fill = piece.isAfterHours ? { fill: `url(#after-${piece.activity})` } : {};
  return (
    <rect class={`piece ${piece.activity}${piece.isAfterHours ? " after" : ""}`} {...fill} x={x} y={Math.min(...ends) + gap / 2} width={width} height={size} rx={Math.min(2, size / 2)} onClick={select}>
      <title>
        {piece.activity}
        {piece.isAfterHours ? " after hours" : ""}: {words.duration(piece.value)}
      </title>
    </rect>
  );
}

/** Hatching in the colour of each activity. */
function Patterns() {
  return (
    <defs>
      {activities.map((activity) => (
        <pattern key={activity} id={`after-${activity}`} class={activity} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="ground" width="6" height="6" />
          <rect class="stripe" width="3.2" height="6" />
        </pattern>
      ))}
    </defs>
  );
}

function Lines({ words, scale, y, width, start }: { words: Words; scale: Scale; y: (ticks: bigint) => number; width: number; start: number }) {
  const isRight = start === 0;
  const isHours = scale.lines.every((line) => line % hour === 0n);
  return (
    <g aria-hidden="true">
      {scale.lines.map((line) => (
        <g key={String(line)}>
          <line class={line === 0n ? "line zero" : "line"} x1={start} x2={start + width - edge.side} y1={y(line)} y2={y(line)} />
          <text class="value" x={isRight ? width : edge.side - 10} y={y(line) + 4}>
            {isHours ? words.hours(line) : words.duration(line)}
          </text>
        </g>
      ))}
    </g>
  );
}
