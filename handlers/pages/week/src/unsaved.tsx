import { useEffect, useMemo, useRef, useState } from "preact/hooks";

/** What the person has typed and not saved, and an import under way. Neither is lost without asking, not even if the window is closed. */
export interface Unsaved {
  readonly isTyped: boolean;
  /** Says whether something is typed. */
  set(isTyped: boolean): void;
  /** Whether something is typed, or an import runs. */
  readonly isHeld: boolean;
  /** Says that an import runs and how it is stopped, or by undefined that none runs any more. */
  setImport(stop: (() => void) | undefined): void;
  /** Whether what is typed may be lost: yes if nothing is, otherwise what the person answers. */
  mayLose(): Promise<boolean>;
  /** Likewise before the person changes, which ends an import as well. It stops the import if the person says yes. */
  mayLeave(): Promise<boolean>;
}

/** The second value is the question, while it is asked. */
export function useUnsaved() {
  const [asked, setAsked] = useState<{ texts: Texts; give: (isYes: boolean) => void }>();
  const [, setHeld] = useState(false); // so that what depends on it is drawn again
  const unsaved = useMemo<Unsaved>(() => {
    let isTyped = false;
    let stop: (() => void) | undefined;
    let isAsked = false;
    const watch = () => {
      const isHeld = isTyped || stop !== undefined;
      setHeld(isHeld);
      if (isHeld) addEventListener("beforeunload", stay);
      else removeEventListener("beforeunload", stay);
    };
    const set = (next: boolean) => {
      isTyped = next;
      watch();
    };
    const setImport = (next: (() => void) | undefined) => {
      stop = next;
      watch();
    };
    const ask = async (texts: Texts) => {
      if (isAsked) return false;
      isAsked = true;
      const isYes = await new Promise<boolean>((give) => setAsked({ texts, give }));
      isAsked = false;
      setAsked(undefined);
      return isYes;
    };
    const mayLose = async () => {
      if (!isTyped) return true;
      const isLost = await ask(ofTyped);
      if (isLost) set(false);
      return isLost;
    };
    const mayLeave = async () => {
      if (stop) {
        if (!(await ask(ofImport))) return false;
        stop?.(); // unless it ended meanwhile
      }
      return mayLose();
    };
    return {
      get isTyped() {
        return isTyped;
      },
      get isHeld() {
        return isTyped || stop !== undefined;
      },
      set,
      setImport,
      mayLose,
      mayLeave,
    };
  }, []);
  return [unsaved, asked && <Question key={asked.texts.title} {...asked} />] as const;
}

/** Makes the browser ask, in its own words. */
const stay = (event: Event) => event.preventDefault();

interface Texts {
  title: string;
  text: string;
  no: string;
  yes: string;
}

const ofTyped: Texts = { title: "Discard what you typed?", text: "It is not saved.", no: "Keep editing", yes: "Discard" };
const ofImport: Texts = { title: "Stop the import?", text: "Rows that are written already stay.", no: "Keep importing", yes: "Stop importing" };

/** Closed, the dialog gives the focus back to where it was. */
function Question({ texts, give }: { texts: Texts; give: (isYes: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (value: string) => dialog.current?.close(value);
  const closed = () => {
    const { activeElement: focused, body } = document;
    if (focused === body || dialog.current?.contains(focused)) document.getElementById("day")?.focus(); // a bar cannot have it
    give(dialog.current?.returnValue === "yes");
  };
  return (
    <dialog class="card" role="alertdialog" ref={dialog} aria-labelledby="unsaved" aria-describedby="unsaved-text" onClose={closed}>
      <h2 id="unsaved">{texts.title}</h2>
      <p id="unsaved-text">{texts.text}</p>
      <div class="actions">
        <button type="button" class="main" onClick={() => close("no")}>
          {texts.no}
        </button>
        <button type="button" class="danger" onClick={() => close("yes")}>
          {texts.yes}
        </button>
      </div>
    </dialog>
  );
}
