import { useEffect, useMemo, useRef, useState } from "preact/hooks";

/** What the person has typed and not saved. It is not lost without asking, not even if the window is closed. */
export interface Unsaved {
  readonly isTyped: boolean;
  /** Says whether something is typed. */
  set(isTyped: boolean): void;
  /** Whether it may be lost: yes if nothing is typed, otherwise what the person answers. */
  mayLose(): Promise<boolean>;
}

/** The second value is the question, while it is asked. */
export function useUnsaved() {
  const [answer, setAnswer] = useState<{ give: (isLost: boolean) => void }>();
  const unsaved = useMemo<Unsaved>(() => {
    let isTyped = false;
    let isAsked = false;
    const set = (next: boolean) => {
      isTyped = next;
      if (next) addEventListener("beforeunload", stay);
      else removeEventListener("beforeunload", stay);
    };
    const mayLose = async () => {
      if (!isTyped) return true;
      if (isAsked) return false;
      isAsked = true;
      const isLost = await new Promise<boolean>((give) => setAnswer({ give }));
      isAsked = false;
      setAnswer(undefined);
      if (isLost) set(false);
      return isLost;
    };
    return {
      get isTyped() {
        return isTyped;
      },
      set,
      mayLose,
    };
  }, []);
  return [unsaved, answer && <Question give={answer.give} />] as const;
}

/** Makes the browser ask, in its own words. */
const stay = (event: Event) => event.preventDefault();

/** Closed, the dialog gives the focus back to where it was. */
function Question({ give }: { give: (isLost: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (value: string) => dialog.current?.close(value);
  const closed = () => {
    const { activeElement: focused, body } = document;
    if (focused === body || dialog.current?.contains(focused)) document.getElementById("day")?.focus(); // a bar cannot have it
    give(dialog.current?.returnValue === "discard");
  };
  return (
    <dialog class="card" role="alertdialog" ref={dialog} aria-labelledby="unsaved" aria-describedby="unsaved-text" onClose={closed}>
      <h2 id="unsaved">Discard what you typed?</h2>
      <p id="unsaved-text">It is not saved.</p>
      <div class="actions">
        <button type="button" class="main" onClick={() => close("keep")}>
          Keep editing
        </button>
        <button type="button" class="danger" onClick={() => close("discard")}>
          Discard
        </button>
      </div>
    </dialog>
  );
}
