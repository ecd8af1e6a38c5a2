// The hooks of the page: where it is, and what it has read.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { addressOf, placeOf, type Place } from "./address.js";
import { analyticsPath, Failure, readSettings, readWeeks, type Settings, type Weeks } from "./api.js";
import type { Session } from "./session.js";
import type { Unsaved } from "./unsaved.js";

/** How many places the person has gone to before this one. The browser keeps it with each entry of its history. */
const position = () => (history.state as { position: number } | null)?.position ?? 0;

/** The place that the address names, and a function that goes to another one. Neither it nor Back loses what is unsaved without asking. */
export function usePlace(unsaved: Unsaved): [Place, (change: Partial<Place>) => void] {
  const [place, setPlace] = useState(() => placeOf(new URL(location.href)));
  const shown = useRef(position());
  const person = useRef("");
  person.current = place.person;
  const mayGo = (isOther: boolean) => (isOther ? unsaved.mayLeave() : unsaved.mayLose());
  useEffect(() => {
    const moved = async () => {
      // A link with a token, opened where the page is open already: a new entry, at the same place.
      if (location.hash) history.replaceState({ position: ++shown.current }, "", location.href);
      const by = position() - shown.current;
      const isOther = placeOf(new URL(location.href)).person !== person.current;
      if (by !== 0 && (isOther ? unsaved.isHeld : unsaved.isTyped)) {
        history.go(-by); // the address has changed already
        if (await mayGo(isOther)) history.go(by);
        return;
      }
      shown.current = position();
      setPlace(placeOf(new URL(location.href)));
    };
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, [unsaved]);
  const go = useCallback(
    async (change: Partial<Place>) => {
      const next = { ...placeOf(new URL(location.href)), ...change };
      if (!(await mayGo(next.person !== person.current))) return;
      shown.current = position() + 1;
      history.pushState({ position: shown.current }, "", addressOf(next));
      setPlace(next);
    },
    [unsaved],
  );
  return [place, (change) => void go(change)];
}

/** What the page has read. weeks stays while the same person's next week is read. */
export interface Reading {
  isLoading: boolean;
  weeks?: Weeks;
  failure?: Failure;
  /** The settings that forbid reading, if they do. */
  settings?: Settings;
}

const retryDelay = 2000;

/** Reads a person's week, again whenever it is asked to, and by itself while the server cannot be reached. */
export function useWeeks(session: Session | undefined, person: string, week: string, unsaved: Unsaved): [Reading, () => void] {
  const [reading, setReading] = useState<Reading>({ isLoading: false });
  const [attempt, setAttempt] = useState(0);
  const shown = useRef("");
  const again = useCallback(() => setAttempt((n) => n + 1), []);
  useEffect(() => {
    if (!session || (session.isApplication && !person)) {
      shown.current = "";
      setReading({ isLoading: false });
      return undefined;
    }
    const root = analyticsPath(session, person);
    const stopped = new AbortController();
    const whose = `${session.tenant} ${session.id} ${root}`;
    setReading(({ failure, ...before }) => {
      if (shown.current !== whose) return { isLoading: true };
      const isOver = failure?.status === 401; // somebody has signed in again
      return { ...before, ...(failure && !isOver && { failure }), isLoading: true };
    });
    shown.current = whose;
    let timer: ReturnType<typeof setTimeout> | undefined;
    read(session, root, week, stopped.signal).then(
      (next) => {
        if (stopped.signal.aborted) return;
        const { failure } = next;
        setReading((before) => {
          const isWithheld = failure?.isPolicy || before.failure?.isPolicy;
          const isKept = failure && (isWithheld ? unsaved.isHeld : failure.isPassing || failure.status === 401); // so that what is being edited stays
          return isKept && before.weeks ? { ...next, weeks: before.weeks } : next;
        });
        if (next.failure?.isPassing) timer = setTimeout(again, retryDelay);
      },
      () => undefined, // aborted
    );
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [session, person, week, attempt]);
  return [reading, again];
}

async function read(session: Session, root: string, week: string, signal: AbortSignal): Promise<Reading> {
  try {
    return { isLoading: false, weeks: await readWeeks(session, root, week, signal) };
  } catch (cause) {
    if (signal.aborted) throw cause;
    const failure = cause instanceof Failure ? cause : new Failure(500, "", `The answer cannot be read: ${String(cause)}`);
    if (!failure.isPolicy) return { isLoading: false, failure };
    const settings = await readSettings(session, root, signal).catch(() => undefined);
    return { isLoading: false, failure, ...(settings && { settings }) };
  }
}

/** The width of an element in CSS pixels, measured whenever it changes. */
export function useWidth<Shown extends HTMLElement>(first: number) {
  const element = useRef<Shown>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && entry.contentRect.width > 0 && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}
