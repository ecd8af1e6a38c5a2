import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Failure, statisticPath } from "./api.js";
import { Conflict } from "./conflict.js";
import { changesOf, deleteOf, draftOf, fieldsOf, newDraft, patchOf, postOf, restoreOf, revertOf, written, type Draft } from "./edit.js";
import { Fields, General, More } from "./fields.js";
import type { Activity, Statistic } from "./statistics.js";
import type { Unsaved } from "./unsaved.js";
import type { Write } from "./write.js";

interface FormProps {
  root: string;
  date: string;
  activity: Activity;
  /** The statistic to edit, undefined for a new one. */
  statistic: Statistic | undefined;
  write: Write;
  unsaved: Unsaved;
  /** Called with the id of what was created or changed, "" if it is gone. */
  done: (id: string) => void;
}

/** Edits a statistic by the documented PATCH, creates and deletes one. */
export function Form({ root, date, activity, statistic, write, unsaved, done }: FormProps) {
  const fields = fieldsOf(activity, !statistic);
  const [base, setBase] = useState(statistic); // the version that the draft is of
  const [draft, setDraft] = useState<Draft>(() => (statistic ? draftOf(statistic, fields) : newDraft(date, zoneHere(), fields)));
  const [failure, setFailure] = useState<Failure>();
  const [stored, setStored] = useState<{ now: Statistic | undefined }>(); // set in a conflict
  const [isBusy, setBusy] = useState(false);
  const seen = useRef(statistic);
  if (statistic && statistic !== seen.current) {
    seen.current = statistic; // read again
    if (base && !stored && Object.keys(changesOf(base, draft, fields)).length === 0) {
      setBase(statistic);
      setDraft(draftOf(statistic, fields));
    }
  }
  const changes = base ? changesOf(base, draft, fields) : {};
  const request = base ? patchOf(root, base, changes) : postOf(root, activity, draft, fields);
  const isSame = base !== undefined && Object.keys(changes).length === 0;

  const isTyped = base ? !isSame : fields.some(({ name }) => draft[name] !== newDraft(date, zoneHere(), fields)[name]);
  useLayoutEffect(() => unsaved.set(isTyped), [isTyped]);
  useLayoutEffect(() => () => unsaved.set(false), []);
  const finish = (id: string) => {
    unsaved.set(false);
    done(id);
  };

  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await act();
    } catch (cause) {
      const failed = cause instanceof Failure ? cause : new Failure(500, "", String(cause));
      if (base && (failed.status === 412 || failed.status === 404)) await compare(base).catch(() => setFailure(failed));
      else if (failed.status !== 401) setFailure(failed);
    }
    setBusy(false);
  };
  const compare = async ({ id }: Statistic) => {
    const now = await write.send<Statistic>({ method: "GET", path: statisticPath(root, id) }).catch((cause: unknown) => {
      if (!(cause instanceof Failure) || cause.status !== 404) throw cause;
      return undefined;
    });
    setStored({ now });
  };
  const save = (over: Statistic | undefined = base) =>
    attempt(async () => {
      if (over === undefined) {
        const made = await write.send<Statistic | undefined>(request);
        write.done({ text: "Created.", ...(made && { undo: deleteOf(root, made) }) });
        finish(made?.id ?? "");
        return;
      }
      const after = await write.send<Statistic | undefined>(patchOf(root, over, changes));
      write.done({ text: "Saved.", ...(after && { undo: revertOf(root, over, after, changes) }) });
      setStored(undefined);
      if (after) {
        setBase(after);
        setDraft(draftOf(after, fields));
      }
    });
  const remove = (gone: Statistic) =>
    attempt(async () => {
      await write.send(deleteOf(root, gone)); // of the version that the form shows
      write.done({ text: "Deleted.", undo: restoreOf(root, gone) });
      finish("");
    });
  const reset = (to: Statistic | undefined) => {
    setStored(undefined);
    setFailure(undefined);
    setBase(to);
    setDraft(to ? draftOf(to, fields) : newDraft(date, zoneHere(), fields));
  };

  if (stored && base) {
    const { now } = stored;
    const again = () =>
      attempt(async () => {
        const made = await write.send<Statistic | undefined>(restoreOf(root, { ...base, ...changes }));
        write.done({ text: "Created again." });
        if (made) reset(made);
      });
    const leave = () => {
      reset(now);
      write.done({ text: now ? "The stored version is shown." : "It stays deleted." });
      if (!now) finish("");
    };
    return <Conflict fields={fields} draft={draft} base={base} stored={now} isBusy={isBusy} failure={failure} keep={() => void (now ? save(now) : again())} leave={leave} />;
  }
  return (
    <form
      class="edit"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <General failure={failure} fields={fields} />
      <Fields fields={fields.filter(({ isMain }) => isMain)} draft={draft} faults={failure?.faults ?? []} change={setDraft} />
      <More fields={fields.filter(({ isMain }) => !isMain)} draft={draft} faults={failure?.faults ?? []} change={setDraft} />
      <p class="label" id="request">
        Request
      </p>
      <pre aria-labelledby="request" tabIndex={0} role="region" dir="ltr">
        {written(request)}
      </pre>
      <div class="actions">
        <button class="main" disabled={isBusy || isSame}>
          {base ? "Save" : "Create"}
        </button>
        <button type="button" disabled={isBusy || isSame} onClick={() => reset(base)}>
          {base ? "Cancel" : "Clear"}
        </button>
        {base && (
          <button type="button" class="danger" disabled={isBusy} onClick={() => void remove(base)}>
            Delete
          </button>
        )}
      </div>
    </form>
  );
}

const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
