import { useEffect, useRef, useState } from "preact/hooks";
import type { Selection } from "./chart.js";
import { Form } from "./form.js";
import type { Words } from "./locale.js";
import { activities, type Activity, type Day, type Statistic } from "./statistics.js";
import type { Unsaved } from "./unsaved.js";
import type { Write } from "./write.js";

interface PanelProps {
  words: Words;
  root: string;
  days: readonly Day[];
  selected: Selection;
  write: Write;
  unsaved: Unsaved;
  select: (date: string, activity: Activity) => void;
  close: () => void;
}

/** The statistics of a day, one activity at a time, to be edited. */
export function Panel({ words, root, days, selected, write, unsaved, select, close }: PanelProps) {
  const { date, activity } = selected;
  const [chosen, setChosen] = useState("");
  const [, again] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [date]);
  useEffect(() => setChosen(""), [date, activity]);
  const day = days.find((one) => one.date === date);
  const statistics = day?.parts[activity].statistics ?? [];
  const first = chosen === "new" ? undefined : (statistics.find(({ id }) => `id ${id}` === chosen) ?? statistics[0]);
  const statistic = useKept(`${date} ${activity}`, first, statistics, unsaved);
  const choose = async (id: string) => {
    const isLost = await unsaved.mayLose();
    setChosen((before) => (isLost ? id : before));
    again((n) => n + 1); // the list goes back to what is shown
  };
  return (
    <section class="card panel-day" aria-labelledby="day" onKeyDown={(event) => event.key === "Escape" && close()}>
      <div class="title">
        <h2 id="day" ref={heading} tabIndex={-1} lang={words.locale}>
          {words.day(date, "long")}
        </h2>
        <button type="button" class="close" aria-label="Close" onClick={close} />
      </div>
      <Activities words={words} day={day} activity={activity} select={(next) => select(date, next)} />
      {statistics.length > 0 && <Choice statistics={statistics} chosen={statistic ? `id ${statistic.id}` : "new"} choose={(id) => void choose(id)} />}
      <Form key={`${date} ${activity} ${statistic?.id ?? ""}`} root={root} date={date} activity={activity} statistic={statistic} write={write} unsaved={unsaved} done={(id) => setChosen(id && `id ${id}`)} />
    </section>
  );
}

/** The statistic of the form. While something is typed it stays, whatever others do to the list meanwhile. */
function useKept(of: string, next: Statistic | undefined, statistics: readonly Statistic[], unsaved: Unsaved): Statistic | undefined {
  const shown = useRef({ of, statistic: next });
  const { current } = shown;
  const isKept = unsaved.isTyped && current.of === of;
  const statistic = isKept ? (statistics.find(({ id }) => id === current.statistic?.id) ?? current.statistic) : next;
  shown.current = { of, statistic };
  return statistic;
}

function Activities({ words, day, activity, select }: { words: Words; day: Day | undefined; activity: Activity; select: (activity: Activity) => void }) {
  return (
    <fieldset class="activities">
      <legend class="hidden">Activity</legend>
      {activities.map((one) => (
        <label key={one}>
          <input type="radio" name="activity" checked={one === activity} onChange={() => select(one)} />
          <span class={`mark ${one}`} aria-hidden="true" />
          {one}
          <span class="amount" lang={words.locale}>{day && day.parts[one].statistics.length > 0 ? words.duration(day.parts[one].all) : "–"}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Chooses one of several statistics, or a new one. */
function Choice({ statistics, chosen, choose }: { statistics: readonly Statistic[]; chosen: string; choose: (id: string) => void }) {
  return (
    <label class="choice">
      <span class="label">Statistic</span>
      <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        {statistics.map(({ id }) => (
          <option key={id} value={`id ${id}`}>
            {id}
          </option>
        ))}
        <option value="new">New</option>
      </select>
    </label>
  );
}
