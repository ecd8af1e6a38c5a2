import { useEffect, useRef, useState } from "preact/hooks";
import { readSheet } from "./columns.js";
import type { Send } from "./lasting.js";
import type { Session } from "./session.js";
import { importSheet, type Report } from "./transfer.js";
import type { Unsaved } from "./unsaved.js";

const shownRefusals = 50;

/** Imports the file that is chosen or dropped on the page. The button is the caller's to place. */
export function useImport(send: Send, session: Session, person: string, again: () => void, unsaved: Unsaved) {
  const [report, setReport] = useState<Report>();
  const [isOver, setOver] = useState(false); // whether a file is held over the page
  const stopped = useRef<AbortController | undefined>(undefined);
  const stop = () => {
    stopped.current?.abort();
    unsaved.setImport(undefined);
  };
  const start = async (file: File | undefined) => {
    if (!file || (stopped.current && !stopped.current.signal.aborted)) return;
    const controller = new AbortController();
    stopped.current = controller;
    unsaved.setImport(stop);
    try {
      const sheet = readSheet(await file.text());
      setReport({ isDone: false, sent: 0, all: sheet.items.length, created: 0, replaced: 0, refusals: [] });
      await importSheet(send, session, person, sheet, setReport, controller.signal);
      again();
    } catch (cause) {
      setReport({ isDone: true, sent: 0, all: 0, created: 0, replaced: 0, refusals: [], failure: cause instanceof Error ? cause.message : String(cause) });
    }
    if (!controller.signal.aborted) stop(); // it is over: the next file may come
  };
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      void start(event.dataTransfer?.files[0]);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    addEventListener("dragleave", leave);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
      removeEventListener("dragleave", leave);
    };
  }, [session, person]);
  useEffect(() => stop, []);
  return { report, isOver, start, stop, dismiss: () => setReport(undefined) };
}

/** A button that asks for a file. */
export function ImportButton({ start }: { start: (file: File | undefined) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        Import CSV
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv"
        hidden
        onChange={({ currentTarget }) => {
          start(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
    </>
  );
}

/** What the import has done so far, and each row that it refused. */
export function ImportReport({ report, stop, dismiss }: { report: Report; stop: () => void; dismiss: () => void }) {
  const { isDone, sent, all, created, replaced, refusals, failure } = report;
  const summary = [`${created} created`, `${replaced} updated`, `${new Set(refusals.map(({ line }) => line)).size} refused`].join(", ");
  return (
    <section class="card import" aria-labelledby="import">
      <div class="title">
        <h2 id="import">Import</h2>
        {isDone ? (
          <button type="button" class="close" aria-label="Dismiss the report" onClick={dismiss} />
        ) : (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
      </div>
      {!isDone && <progress max={all} value={sent} aria-label="Rows" />}
      <p role="status">{isDone ? summary : `${sent} of ${all}`}</p>
      {failure && (
        <p class="fault" role="alert" dir="auto">
          {failure}
        </p>
      )}
      {isDone && refusals.length > 0 && (
        <div class="refusals" tabIndex={0} role="region" aria-label="Refused rows">
          <table>
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Column</th>
                <th scope="col">Reason</th>
              </tr>
            </thead>
            <tbody>
              {refusals.slice(0, shownRefusals).map(({ line, column, reason }, index) => (
                <tr key={index}>
                  <th scope="row">{line}</th>
                  <td dir="auto">{column}</td>
                  <td dir="auto">{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {refusals.length > shownRefusals && <p>and {refusals.length - shownRefusals} more</p>}
        </div>
      )}
    </section>
  );
}
