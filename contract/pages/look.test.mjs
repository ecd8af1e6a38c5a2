// Whether everybody can use the page: by keyboard, by screen reader, on any screen, on paper, in any language.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { PNG } from "pngjs";
import { appToken, checkAccessibility, checkCards, checkWidth, megan, open, reset, texts } from "./browser.mjs";

before(reset);

const states = {
  "the week": { wait: ".bars" },
  "an empty week": { path: "/?week=2024-01-01", wait: ".empty" },
  "the sign-in": { as: "", wait: "#sign-in" },
  "an application without a person": { as: appToken, wait: "#nobody" },
  "an unknown person": { path: "/?person=nobody@example.com", as: appToken, wait: "[role=alert]", expected: [/404/] },
};

for (const colorScheme of ["light", "dark"]) {
  for (const [name, { wait, ...options }] of Object.entries(states)) {
    test(`axe-core finds nothing in ${name}, ${colorScheme}`, async () => {
      const page = await open({ ...options, colorScheme });
      await page.waitForSelector(wait);
      await checkAccessibility(page);
    });
  }
  test(`axe-core finds nothing with everything open, ${colorScheme}`, async () => {
    const page = await open({ colorScheme });
    await page.waitForSelector(".bars");
    await page.locator("summary").click();
    await page.locator(".days tbody button").nth(3).click();
    await page.getByRole("button", { name: "Person:" }).click();
    await checkAccessibility(page);
  });
}

for (const width of [320, 360, 768, 1280, 1920]) {
  test(`no scrolling sideways at ${width} px`, async () => {
    const page = await open({ width });
    await page.waitForSelector(".bars");
    await checkWidth(page);
    await page.locator(".days tbody button").nth(3).click();
    await page.getByRole("button", { name: "Person:" }).click();
    await checkWidth(page);
    const long = await open({ width, as: appToken, path: `/?person=${megan}` });
    await long.waitForSelector(".bars");
    await checkWidth(long);
    if (width < 640) await checkAccessibility(long);
  });
}

test("the day labels of the bars do not overlap at 360 px", async () => {
  const page = await open({ width: 360 });
  await page.waitForSelector(".bars");
  for (const selector of [".bars .name", ".bars .total"]) {
    const boxes = await page.locator(selector).evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ left, right }) => ({ left, right })));
    const shown = boxes.filter(({ left, right }) => right > left);
    for (const [index, { left }] of shown.entries()) assert.ok(index === 0 || left >= shown[index - 1].right, `${selector} ${index}`);
  }
});

test("the keyboard reaches everything that the mouse does, and the focus is seen", async () => {
  const page = await open();
  await page.waitForSelector(".bars");
  const reached = [];
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const { activeElement: one } = document;
      return one && one !== document.body && { text: (one.innerText || one.ariaLabel || "").trim(), outline: getComputedStyle(one).outlineStyle };
    });
    if (!at) break;
    assert.equal(at.outline, "solid", `the focus on '${at.text}' is not seen`);
    reached.push(at.text.replace(/\s+/g, " "));
  }
  for (const name of [/^Person: /, /^Week: /, /Week before/, /Week after/, /^API$/, /^Sign out$/, /^Day$/, /^After hours$/, /^Numbers by week$/]) {
    assert.ok(reached.some((text) => name.test(text)), `${name} is not among ${reached}`);
  }
  await page.locator(".days tbody button").nth(2).focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("tr.selected").count(), 1);
  assert.equal(await page.locator(".day.selected").count(), 1);
});

test("Escape closes a menu and gives the focus back", async () => {
  const page = await open();
  await page.waitForSelector(".bars");
  const button = page.getByRole("button", { name: "Person:" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name or id").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await button.getAttribute("aria-expanded"), "false");
  assert.ok(await button.evaluate((one) => one === document.activeElement));
});

test("a bar and a row select the same day", async () => {
  const page = await open();
  await page.waitForSelector(".bars");
  await page.locator(".day").nth(2).locator(".piece").first().click();
  assert.equal(await page.locator(".days tbody tr").nth(2).getAttribute("class"), "selected");
  await page.locator(".days tbody tr").nth(4).click();
  assert.equal(await page.locator(".day").nth(4).getAttribute("class"), "day selected");
});

test("the chart is a picture with a name, and its text leads to the table", async () => {
  const page = await open();
  const chart = page.getByRole("img", { name: "Time by day and activity" });
  await chart.waitFor();
  assert.equal(await page.getByRole("table", { name: "The same in numbers" }).count(), 1);
  assert.match(await page.locator("#chart-text").textContent(), /The same in numbers/);
});

test("German: the week begins on Monday, and dates and durations are German", async () => {
  const page = await open({ locale: "de-DE" });
  await page.waitForSelector(".bars");
  assert.match((await texts(page, ".days tbody th"))[0], /^Mo/);
  assert.match((await texts(page, ".weeks .menu button"))[0], /\d+\.[–\d. ]+[A-Z]/);
  assert.match((await texts(page, ".numbers .number"))[0], /12 Std\. 30 Min\.|12h 30\s?min/i);
  assert.match((await texts(page, ".bars .value"))[0], /^0 ?(Std\.|h)$/);
});

for (const locale of ["en-US", "de-DE", "fr-FR", "pt-BR", "ru-RU", "ar-EG", "he-IL", "hi-IN", "ja-JP", "th-TH"]) {
  test(`nothing is wider than its card, ${locale}`, async () => {
    const page = await open({ locale });
    await page.waitForSelector(".bars");
    for (const width of [1920, 1280, 1100, 1000, 860, 768, 640, 360, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction((wanted) => innerWidth === wanted, width);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))); // the charts follow
      await checkCards(page).catch((error) => assert.fail(`${width} px: ${error.message}`));
      await checkWidth(page);
    }
  });
}

test("the amount of an activity stays in one line, in German at 360 px", async () => {
  const page = await open({ locale: "de-DE", width: 360 });
  await page.waitForSelector(".bars");
  for (const day of [0, 1, 2, 3, 4]) {
    await page.locator(".days tbody button").nth(day).click();
    const broken = await page.locator(".activities .amount").evaluateAll((all) => all.filter((one) => one.getClientRects().length > 1 || one.offsetHeight > 28).map((one) => one.textContent));
    assert.deepEqual(broken, []);
    await checkCards(page);
  }
});

test("the request is from left to right, in Arabic as well", async () => {
  const page = await open({ locale: "ar-EG" });
  await page.waitForSelector(".bars");
  await page.locator(".days tbody button").nth(2).click();
  assert.equal(await page.getByRole("region", { name: "Request" }).evaluate((one) => getComputedStyle(one).direction), "ltr");
});

test("Arabic: from right to left, in Arabic digits, and the week begins on Saturday", async () => {
  const page = await open({ locale: "ar-EG" });
  await page.waitForSelector(".bars");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), "rtl");
  const left = async (selector, index) => (await page.locator(selector).nth(index).boundingBox()).x;
  assert.ok((await left(".numbers .card", 0)) > (await left(".numbers .card", 3)));
  assert.ok((await left(".bars .name", 0)) > (await left(".bars .name", 6)));
  assert.match((await texts(page, ".numbers .number"))[0], /١٢/);
  assert.match((await texts(page, ".days tbody th"))[0], /السبت/);
  await checkWidth(page);
  await checkAccessibility(page);
});

for (const locale of ["de-DE", "ar-EG"]) {
  test(`a screen reader knows which texts are English and which are of the locale, ${locale}`, async () => {
    const page = await open({ locale });
    await page.waitForSelector(".bars");
    await page.locator("summary").click();
    await page.locator(".days tbody button").nth(3).click();
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ["en", locale === "ar-EG" ? "rtl" : "ltr"]);
    const found = await page.evaluate(() => {
      const texts = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { data, parentElement: one } = walker.currentNode;
        if (/\p{L}/u.test(data) && !one.closest("script, noscript, pre, bdi:not(:has([lang])), option, [aria-hidden=true]")) texts.push([one.closest("[lang]").lang, data]);
      }
      return texts;
    });
    const isOf = ([, text]) => /\p{Script=Arabic}|Std\.|Min\.|[A-Z][a-z]\., |\d+\. \p{L}/u.test(text); // as dates and durations are there
    assert.ok(found.filter(isOf).length > 40, JSON.stringify(found));
    assert.deepEqual(found.filter((text) => isOf(text) !== (text[0] === locale)), []);
  });
}

for (const [format, options] of [["A4", {}], ["Letter", {}], ["A4", { scale: 0.9 }]]) {
  test(`print: one page of ${format} ${JSON.stringify(options)}`, async () => {
    const page = await open({ colorScheme: "dark" });
    await page.waitForSelector(".bars");
    const pdf = (await page.pdf({ format, ...options })).toString("latin1");
    assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1);
  });
}

test("print: without what can only be pressed, and in light colours", async () => {
  const page = await open({ colorScheme: "dark" });
  await page.waitForSelector(".bars");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.getByRole("button", { name: "Sign out" }).count(), 0);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".card")).backgroundColor), "rgb(255, 255, 255)");
});

test("reduced motion and forced colours", async () => {
  const page = await open({ reducedMotion: "reduce", forcedColors: "active" });
  await page.waitForSelector(".bars");
  assert.match(await page.evaluate(() => getComputedStyle(document.querySelector(".dashboard")).transitionProperty), /none/);
  const [bar, panel] = await page.evaluate(() => [getComputedStyle(document.querySelector(".piece")).stroke, getComputedStyle(document.querySelector(".card")).backgroundColor]);
  assert.notEqual(bar, panel);
});

for (const [name, options] of [["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["forced light", { colorScheme: "light", forcedColors: "active" }], ["forced dark", { colorScheme: "dark", forcedColors: "active" }]]) {
  test(`the hatching is seen, and a line between the pieces of a bar, ${name} colours`, async () => {
    const page = await open({ ...options, deviceScaleFactor: 2 });
    await page.waitForSelector(".bars");
    const bar = page.locator(".day").nth(1);
    const { data } = PNG.sync.read(await bar.locator(".piece.Email.after").screenshot());
    const pixels = Array.from({ length: data.length / 4 }, (_, n) => luminance(...data.subarray(4 * n, 4 * n + 3))).sort((a, b) => a - b);
    const [dark, light] = [0.2, 0.8].map((part) => pixels[Math.floor(part * pixels.length)]);
    assert.ok((light + 0.05) / (dark + 0.05) >= 3, `stripe and ground differ by ${(light + 0.05) / (dark + 0.05)}`);

    const boxes = await bar.locator(".piece").evaluateAll((all) => all.map((one) => [one.y.baseVal.value, one.y.baseVal.value + one.height.baseVal.value]).sort((a, b) => a[0] - b[0]));
    assert.ok(boxes.length >= 6);
    for (const [index, [top]] of boxes.entries()) assert.ok(index === 0 || top - boxes[index - 1][1] >= 1, `no line above piece ${index}: ${boxes}`);
  });
}

/** The relative luminance of WCAG. */
function luminance(...rgb) {
  const [red, green, blue] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
