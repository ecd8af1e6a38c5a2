import { useState } from "preact/hooks";
import type { Failure, Fault } from "./api.js";
import type { Draft, Field } from "./edit.js";

interface FieldsProps {
  fields: readonly Field[];
  draft: Draft;
  faults: readonly Fault[];
  change: (draft: Draft) => void;
}

export function Fields({ fields, draft, faults, change }: FieldsProps) {
  return (
    <div class="fields">
      {fields.map(({ name, label, kind }) => {
        const found = faults.filter(({ target }) => target === name);
        const attributes = found.length > 0 ? { "aria-invalid": true, "aria-describedby": `fault-${name}` } : {};
        return (
          <div class={`field ${kind}`} key={name}>
            <label>
              <span class="label">{label}</span>
              <input
                {...attributes}
                name={name}
                value={draft[name] ?? ""}
                placeholder={kind === "duration" ? "1h 30m" : ""}
                autocomplete="off"
                spellcheck={false}
                dir={kind === "text" ? "auto" : "ltr"}
                onInput={(event) => change({ ...draft, [name]: event.currentTarget.value })}
              />
            </label>
            {found.length > 0 && (
              <p class="fault" id={`fault-${name}`} dir="auto">
                {found.map(({ message }) => message).join(" ")}
              </p>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** The fields that are seldom needed. A fault opens them. */
export function More(props: FieldsProps) {
  const [isOpen, setOpen] = useState(false);
  const isFaulty = props.faults.some(({ target }) => props.fields.some(({ name }) => name === target));
  return (
    <details open={isOpen || isFaulty} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>More</summary>
      <Fields {...props} />
    </details>
  );
}

/** What is wrong, if it is not about a field. */
export function General({ failure, fields }: { failure: Failure | undefined; fields: readonly Field[] }) {
  if (!failure) return null;
  const others = failure.faults.filter(({ target }) => !fields.some(({ name }) => name === target));
  const isField = failure.faults.length > 0 && others.length === 0;
  return (
    <p class="fault" role="alert" dir="auto">
      {isField ? "Not saved. The fields say why." : others.length > 0 ? others.map(({ message }) => message).join(" ") : failure.message}
    </p>
  );
}
