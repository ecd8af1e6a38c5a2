import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

/** A button that opens a small panel. Escape, a click elsewhere and the end of the focus close it. */
export function Menu({ label, name, children }: { label: ComponentChildren; name?: string; children: (close: () => void) => ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return undefined;
    whole.current?.querySelector<HTMLElement>("input, select, .panel button")?.focus();
    const leave = (event: Event) => {
      if (event.target instanceof Element && !whole.current?.contains(event.target) && !event.target.closest("dialog")) setOpen(false);
    };
    addEventListener("pointerdown", leave);
    addEventListener("focusin", leave);
    return () => {
      removeEventListener("pointerdown", leave);
      removeEventListener("focusin", leave);
    };
  }, [isOpen]);
  return (
    <div class="menu" ref={whole} onKeyDown={(event) => event.key === "Escape" && isOpen && close()}>
      <button type="button" ref={button} class={name ? "strong" : ""} aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        {name && <span class="hidden">{name}: </span>}
        <bdi>{label}</bdi>
        <span class="caret" aria-hidden="true" />
      </button>
      <div class="panel" id={id} hidden={!isOpen}>
        {isOpen && children(close)}
      </div>
    </div>
  );
}
