import { useState } from "preact/hooks";
import type { Place } from "./address.js";
import type { Words } from "./locale.js";
import { Menu } from "./menu.js";
import type { Session } from "./session.js";
import { SettingsMenu } from "./settings.js";
import type { Unsaved } from "./unsaved.js";
import { addDays, earliest, lastCompleteWeek, latest } from "./week.js";

interface HeaderProps {
  words: Words;
  session: Session | undefined;
  person: string;
  week: string;
  go: (change: Partial<Place>) => void;
  /** Reads the week again. */
  again: () => void;
  unsaved: Unsaved;
  /** Called if the token is not valid any more. */
  expired: (reason: string) => void;
  signOut: () => void;
}

export function Header({ words, session, person, week, go, again, unsaved, expired, signOut }: HeaderProps) {
  return (
    <header>
      <h1>
        after<b>hours</b>
      </h1>
      {session && <PersonMenu session={session} person={person} go={go} />}
      {session && <WeekPicker words={words} week={week} go={go} />}
      <nav aria-label="Server">
        <a href="/docs">API</a>
        {session && (person || !session.isApplication) && <SettingsMenu session={session} person={person} changed={again} unsaved={unsaved} expired={expired} />}
        {session && (
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        )}
      </nav>
    </header>
  );
}

function PersonMenu({ session, person, go }: Pick<HeaderProps, "person" | "go"> & { session: Session }) {
  const [recent, setRecent] = useState<string[]>([]);
  const show = (next: string, close: () => void) => {
    if (next) setRecent([next, ...recent.filter((one) => one !== next)].slice(0, 5));
    go({ person: next });
    close();
  };
  return (
    <Menu name="Person" label={person || session.user || "Person"}>
      {(close) => (
        <>
          <PersonForm person={person} show={(next) => show(next, close)} />
          <ul>
            {session.user && (
              <li>
                <button type="button" onClick={() => show("", close)}>
                  <bdi>{session.user}</bdi>
                </button>
              </li>
            )}
            {recent.map((one) => (
              <li key={one}>
                <button type="button" onClick={() => show(one, close)}>
                  <bdi>{one}</bdi>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Menu>
  );
}

/** Asks for a person. Another person than oneself needs the token of an application with a role. */
export function PersonForm({ person, show }: { person: string; show: (person: string) => void }) {
  const [text, setText] = useState(person);
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) show(text.trim());
      }}
    >
      <label>
        <span class="label">Name or id</span>
        <input value={text} onInput={(event) => setText(event.currentTarget.value)} autocomplete="off" spellcheck={false} dir="auto" required />
      </label>
      <button class="main">Show</button>
    </form>
  );
}

function WeekPicker({ words, week, go }: Pick<HeaderProps, "words" | "week" | "go">) {
  const to = (next: string) => go({ week: next });
  return (
    <div class="weeks" role="group" aria-label="Week">
      <button type="button" class="arrow" aria-label="Week before" onClick={() => to(addDays(week, -7))}>
        <span class="chevron back" aria-hidden="true" />
      </button>
      <Menu name="Week" label={<span lang={words.locale}>{words.range(week, 7)}</span>}>
        {(close) => (
          <form
            class="row"
            onSubmit={(event) => {
              event.preventDefault();
              to(String(new FormData(event.currentTarget).get("day")));
              close();
            }}
          >
            <label>
              <span class="label">Day in the week</span>
              {/* Not at each change: browsers send one for each digit that is typed. */}
              <input type="date" name="day" defaultValue={week} min={earliest} max={latest} required />
            </label>
            <button class="main">Show</button>
          </form>
        )}
      </Menu>
      <button type="button" class="arrow" aria-label="Week after" onClick={() => to(addDays(week, 7))}>
        <span class="chevron" aria-hidden="true" />
      </button>
      <button type="button" class="last" disabled={week === lastCompleteWeek(new Date(), words.firstDay)} onClick={() => to("")}>
        Last week
      </button>
    </div>
  );
}
