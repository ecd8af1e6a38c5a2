import { useEffect, useMemo, useState } from "preact/hooks";
import { analyticsPath, type Weeks } from "./api.js";
import { Chart, type Selection } from "./chart.js";
import { ExportButton } from "./export.js";
import { ImportButton, ImportReport, useImport } from "./import.js";
import { useLastingSend } from "./lasting.js";
import type { Words } from "./locale.js";
import { Notice } from "./notice.js";
import { Numbers } from "./numbers.js";
import { Panel } from "./panel.js";
import type { Session } from "./session.js";
import { activities, has, sumDays, sumWeeks, totals, type Activity, type Day } from "./statistics.js";
import { Table } from "./table.js";
import { Trend } from "./trend.js";
import type { Unsaved } from "./unsaved.js";
import { addDays, weekOf } from "./week.js";
import { useWrite } from "./write.js";

interface DashboardProps {
  words: Words;
  session: Session;
  person: string;
  weeks: Weeks;
  /** The week that was asked for, which may still be loading. */
  week: string;
  go: (week: string) => void;
  /** Reads the week again. */
  again: () => void;
  unsaved: Unsaved;
  /** Called if the token is not valid any more. */
  expired: (reason: string) => void;
}

export function Dashboard({ words, session, person, weeks, week, go, again, unsaved, expired }: DashboardProps) {
  const { write, notice, undo, tell, dismiss } = useWrite(session, again, expired);
  const lasting = useLastingSend(session, expired);
  const file = useImport(lasting, session, person, again, unsaved);
  const [selected, setSelected] = useState<Selection>();
  const days = useMemo(() => sumDays(weeks.week, weeks.current), [weeks]);
  const before = useMemo(() => sumDays(addDays(weeks.week, -7), weeks.earlier), [weeks]);
  const trend = useMemo(() => sumWeeks(weeks.week, [...weeks.earlier, ...weeks.current]), [weeks]);
  useEffect(() => {
    if (document.activeElement?.closest(".panel-day")) document.querySelector<HTMLElement>(".weeks .menu button")?.focus();
    setSelected(undefined);
  }, [week]);
  const select = async (date: string, activity = firstActivity(days, date)) => {
    if (week !== weeks.week) return; // another week is about to come
    if (selected?.date === date && selected.activity === activity) return;
    if (await unsaved.mayLose()) setSelected({ date, activity });
    else setSelected((before) => before && { ...before }); // a radio button goes back
  };
  const choose = (date: string, activity?: Activity) => void select(date, activity);
  const close = async () => {
    if (!(await unsaved.mayLose())) return;
    document.querySelector<HTMLElement>(".days tr.selected button")?.focus();
    setSelected(undefined);
  };
  return (
    <div class={week === weeks.week ? "dashboard" : "dashboard old"}>
      <Numbers words={words} now={totals(days)} before={has(before) ? totals(before) : undefined} />
      <div class="columns">
        <div class={file.isOver ? "wide over" : "wide"}>
          {file.report && <ImportReport report={file.report} stop={file.stop} dismiss={file.dismiss} />}
          {has(days) ? <Chart words={words} days={days} selected={selected} select={choose} /> : <Empty words={words} weeks={weeks} go={go} />}
          <section class="card" aria-labelledby="numbers">
            <div class="title">
              <h2 id="numbers">The same in numbers</h2>
              <span class="actions">
                <button type="button" onClick={() => choose(weeks.week)}>
                  Add
                </button>
                <ImportButton start={(chosen) => void file.start(chosen)} />
                <ExportButton send={lasting} session={session} person={person} tell={tell} />
              </span>
            </div>
            <Table words={words} days={days} selected={selected} select={choose} />
          </section>
        </div>
        <div class="narrow">
          <Trend words={words} weeks={trend} go={go} />
          {selected && <Panel words={words} root={analyticsPath(session, person)} days={days} selected={selected} write={write} unsaved={unsaved} select={choose} close={() => void close()} />}
        </div>
      </div>
      <Notice notice={notice} undo={() => void undo()} dismiss={dismiss} />
    </div>
  );
}

/** The first activity that the day has. */
function firstActivity(days: readonly Day[], date: string): Activity {
  const day = days.find((one) => one.date === date);
  return activities.find((activity) => day && day.parts[activity].statistics.length > 0) ?? "Meeting";
}

function Empty({ words, weeks, go }: Pick<DashboardProps, "words" | "weeks" | "go">) {
  const latest = weeks.latest && weekOf(weeks.latest, words.firstDay);
  return (
    <section class="card empty">
      <h2>No statistics in this week</h2>
      {latest && (
        <button type="button" onClick={() => go(latest)}>
          Latest: <span lang={words.locale}>{words.range(latest, 7)}</span>
        </button>
      )}
    </section>
  );
}
