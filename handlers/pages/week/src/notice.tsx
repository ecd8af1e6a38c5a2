import type { Notice as Told } from "./write.js";

/** Says what was done, until it is dismissed. A screen reader reads it. */
export function Notice({ notice, undo, dismiss }: { notice: Told | undefined; undo: () => void; dismiss: () => void }) {
  return (
    <div class={notice ? "toast shown" : "toast"} role="status">
      {notice && (
        <>
          <span dir="auto">{notice.text}</span>
          {notice.undo && (
            <button type="button" onClick={undo}>
              Undo
            </button>
          )}
          <button type="button" class="close" aria-label="Dismiss" onClick={dismiss} />
        </>
      )}
    </div>
  );
}
