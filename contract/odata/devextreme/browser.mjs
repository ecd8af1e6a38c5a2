// Gives DevExtreme the browser that it wants: jsdom's, which sends preflights and judges their answers.
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html>", { url: "http://localhost/" });
for (const name of ["window", "document", "navigator", "HTMLElement", "Node", "Element", "DOMParser", "XMLHttpRequest", "Event", "CustomEvent"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
