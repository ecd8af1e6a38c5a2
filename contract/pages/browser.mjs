// Opens the week page of the built program in Chromium, and watches what no page may do: errors, breaches of its
// policy, requests to another origin. A test fails if the page has done one of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before } from "node:test";
import { chromium } from "playwright-core";
import { isOwn, token, url } from "./server.mjs";

export * from "./server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { CHROMIUM: executablePath = "/usr/bin/chromium" } = process.env;

let browser;
const contexts = [];
const breaches = [];

before(async () => {
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] }); // the gate runs as root
});
after(() => browser?.close());
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  assert.deepEqual(breaches.splice(0), []);
});

/**
 * Opens the page. The default is the demo's user in a locale whose week begins on Sunday, as the demo's does, at the real
 * time, or else at the time that at names.
 */
export async function open({ path = "/", as = token, at, expected = [], width = 1280, height = 900, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: "en-US", ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  if (at) await page.clock.setFixedTime(at);
  const tell = (text) => expected.some((pattern) => pattern.test(text)) || breaches.push(text);
  page.on("console", (message) => message.type() === "error" && tell(message.text()));
  page.on("pageerror", (error) => tell(`uncaught ${error.message}`));
  page.on("dialog", (dialog) => tell(`a dialog: ${dialog.message()}`));
  page.on("request", (request) => isOwn(request.url()) || tell(`a request to ${request.url()}`));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => console.error(`policy: ${violatedDirective} ${blockedURI}`)));
  await page.goto(url + path + (as ? `#token=${as}` : ""));
  return page;
}

/** Fails if axe-core finds a violation of WCAG 2.2 AA or of good practice in the elements, but for the rules that are left out. */
export async function checkAccessibility(page, elements = "html", without = []) {
  const cdp = await page.context().newCDPSession(page); // the policy of the page forbids a script element
  await cdp.send("Runtime.evaluate", { expression: axe });
  const found = await page.evaluate(async ([elements, without]) => {
    const { violations } = await globalThis.axe.run(elements, { rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])) });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`);
  }, [elements, without]);
  assert.deepEqual(found, []);
}

/** The texts of the elements, one space for any other. */
export const texts = async (page, selector) => (await page.locator(selector).evaluateAll((all) => all.map((one) => one.innerText ?? one.textContent))).map((text) => text.replace(/\s+/g, " ").trim());

/** Fails if the page can be scrolled sideways. */
export async function checkWidth(page) {
  const { scrollWidth, innerWidth } = await page.evaluate(() => ({ scrollWidth: document.documentElement.scrollWidth, innerWidth }));
  assert.ok(scrollWidth <= innerWidth, `the page is ${scrollWidth} px wide, the window ${innerWidth}`);
}

/** Fails if anything reaches beyond the card that it is in. */
export async function checkCards(page) {
  const beyond = await page.evaluate(() =>
    [...document.querySelectorAll(".card")].flatMap((card) => {
      const { left, right } = card.getBoundingClientRect();
      const inside = [...card.querySelectorAll("*")].filter((one) => one.children.length === 0 && !one.closest(".hidden, defs, details:not([open]) > :not(summary)"));
      return inside.filter((one) => one.getBoundingClientRect().width > 0 && (one.getBoundingClientRect().left < left - 1 || one.getBoundingClientRect().right > right + 1)).map((one) => `${one.tagName} ${one.textContent}`);
    }),
  );
  assert.deepEqual(beyond, []);
}
