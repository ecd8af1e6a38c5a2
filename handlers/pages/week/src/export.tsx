import { useState } from "preact/hooks";
import { Failure } from "./api.js";
import type { Send } from "./lasting.js";
import type { Session } from "./session.js";
import { exportSheet } from "./transfer.js";

/** A button that saves all statistics of the person as a CSV. */
export function ExportButton({ send, session, person, tell }: { send: Send; session: Session; person: string; tell: (text: string) => void }) {
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const { id, text } = await exportSheet(send, session, person, new AbortController().signal);
      download(`afterhours-${id}.csv`, text);
    } catch (cause) {
      tell(`Not exported: ${cause instanceof Failure ? cause.message : String(cause)}`);
    }
    setBusy(false);
  };
  return (
    <button type="button" disabled={isBusy} onClick={() => void save()}>
      Export
    </button>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
