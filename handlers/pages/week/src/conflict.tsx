import { useEffect, useRef } from "preact/hooks";
import type { Failure } from "./api.js";
import { textOf, type Draft, type Field } from "./edit.js";
import type { Statistic } from "./statistics.js";

interface ConflictProps {
  fields: readonly Field[];
  /** What the person wants. */
  draft: Draft;
  /** The version that the person began with. */
  base: Statistic;
  /** The version that somebody else has stored meanwhile, undefined if it was deleted. */
  stored: Statistic | undefined;
  isBusy: boolean;
  failure: Failure | undefined;
  keep: () => void;
  leave: () => void;
}

/** Shows both versions side by side, and asks which one to keep. Saving one's own writes the changed properties alone. */
export function Conflict({ fields, draft, base, stored, isBusy, failure, keep, leave }: ConflictProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const rows = fields
    .map(({ name, label, kind }) => ({ name, label, mine: draft[name] ?? "", theirs: stored ? textOf(stored[name], kind) : "", before: textOf(base[name], kind) }))
    .filter(({ mine, theirs, before }) => mine !== before || theirs !== before);
  return (
    <div class="conflict" role="group" aria-labelledby="conflict">
      <h3 id="conflict" ref={heading} tabIndex={-1}>
        {stored ? "Changed by somebody else" : "Deleted by somebody else"}
      </h3>
      {failure && (
        <p class="fault" role="alert">
          {failure.message}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">Property</span>
            </th>
            <th scope="col">Yours</th>
            <th scope="col">Stored</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, label, mine, theirs, before }) => (
            <tr key={name} class={mine === before ? "" : "mine"}>
              <th scope="row">{label}</th>
              {stored && mine === before ? <td class="unchanged">unchanged</td> : <td dir="auto">{mine || "–"}</td>}
              <td dir="auto">{theirs || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="actions">
        <button type="button" class="main" disabled={isBusy} onClick={keep}>
          {stored ? "Save yours" : "Create again"}
        </button>
        <button type="button" disabled={isBusy} onClick={leave}>
          {stored ? "Take the stored one" : "Leave it deleted"}
        </button>
      </div>
    </div>
  );
}
