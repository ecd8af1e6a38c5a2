// The form: the documented PATCH, faults, conflicts, and what can be taken back.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { api, appToken, checkAccessibility, control, megan, open, reset, texts, token } from "./browser.mjs";

const root = "/beta/me/analytics/activityStatistics";
let day, id;

beforeEach(async () => {
  await reset();
  const { value } = await api("GET", `${root}?$filter=activity eq 'Meeting' and duration gt duration'PT0S'&$orderby=startDate`);
  ({ startDate: day, id } = value[0]); // the Monday
});

/** Opens the form of the Monday's meeting. */
async function edit(options) {
  const page = await open(options);
  await page.locator(".days tbody button").nth(1).click();
  await page.getByLabel("Duration").waitFor();
  return page;
}

const stored = () => api("GET", `${root}/${id}`);
const said = (page, text) => page.locator(".toast").getByText(text, { exact: true }).waitFor();

test("the form sends the request that it shows, and undo takes it back", async () => {
  const page = await edit();
  const before = await stored();
  assert.ok(await page.getByRole("button", { name: "Save" }).isDisabled()); // nothing is changed
  await page.getByLabel("Duration").fill("2h 45m");
  await page.getByLabel("Time zone").fill("Europe/Berlin");
  const shown = await page.locator("pre").innerText();
  const [request] = await Promise.all([page.waitForRequest((sent) => sent.method() === "PATCH"), page.getByRole("button", { name: "Save" }).click()]);
  const headers = await request.allHeaders();
  const { pathname } = new URL(request.url());
  assert.equal(shown, `PATCH ${pathname}\nIf-Match: ${headers["if-match"]}\n\n${JSON.stringify(JSON.parse(request.postData()), undefined, 2)}`);
  assert.deepEqual(JSON.parse(request.postData()), { "@odata.type": "#microsoft.graph.meetingActivityStatistics", duration: "PT2H45M", timeZoneUsed: "Europe/Berlin" });
  await said(page, "Saved.");
  await page.locator(".numbers .number").getByText("12h").first().waitFor();
  assert.equal((await texts(page, ".numbers .number"))[0], "12h 45m");
  assert.equal((await stored()).duration, "PT2H45M");
  await page.getByRole("button", { name: "Undo" }).click();
  await said(page, "Undone.");
  const { "@odata.etag": _, ...after } = await stored();
  assert.deepEqual({ ...before, ...after }, before);
  await page.locator("[name=duration]").evaluate((field) => new Promise((done) => setInterval(() => field.isConnected && document.querySelector("[name=duration]").value === "2h 30m" && done(), 20)));
});

test("by keyboard alone: choose, edit, save, close", async () => {
  const page = await open();
  await page.locator(".days tbody button").nth(1).focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "day"); // the focus goes to what was opened
  await page.keyboard.press("Tab"); // close
  await page.keyboard.press("Tab"); // the activities
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => /email_/.test(document.querySelector(".choice select")?.value ?? ""));
  await page.keyboard.press("Tab"); // the statistic
  await page.keyboard.press("Tab"); // its duration
  await page.keyboard.press("Control+A");
  await page.keyboard.type("1h");
  await page.keyboard.press("Enter");
  await said(page, "Saved.");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector(".panel-day") && document.activeElement?.closest("tr"));
});

test("each fault is at its field", async () => {
  const page = await edit({ expected: [/400/] });
  await page.getByLabel("Duration").fill("soon");
  await page.locator(".edit summary").click();
  await page.getByLabel("End").fill("2026-02-30");
  await page.locator(".edit summary").click(); // closed: the fault opens it
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Not saved. The fields say why.").waitFor();
  for (const [name, message] of [["duration", /'duration' is 'soon'; it must be a duration/], ["endDate", /'endDate' is '2026-02-30'/]]) {
    const field = page.locator(`[name=${name}]`);
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    const described = await field.getAttribute("aria-describedby");
    assert.match((await texts(page, `#${described}`))[0], message);
    assert.ok(await page.locator(`#${described}`).isVisible());
  }
  assert.equal(await page.locator("[name=afterHours][aria-invalid]").count(), 0);
  await checkAccessibility(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await page.locator("[aria-invalid]").count(), 0);
  assert.equal((await stored()).duration, "PT2H30M");
});

for (const colorScheme of ["light", "dark"]) {
  test(`a conflict shows both versions, ${colorScheme}`, async () => {
    const page = await edit({ expected: [/412/], colorScheme });
    await page.getByLabel("Duration").fill("3h");
    await api("PATCH", `${root}/${id}`, { duration: "PT4H", timeZoneUsed: "Asia/Tokyo" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Changed by somebody else" }).waitFor();
    assert.deepEqual(await texts(page, ".conflict tbody tr"), ["Duration 3h 4h", "Time zone unchanged Asia/Tokyo"]);
    await checkAccessibility(page);
    assert.equal((await stored()).duration, "PT4H"); // nothing is lost yet
    if (colorScheme === "light") {
      await page.getByRole("button", { name: "Save yours" }).click();
      await said(page, "Saved.");
      const { duration, timeZoneUsed } = await stored();
      assert.deepEqual([duration, timeZoneUsed], ["PT3H", "Asia/Tokyo"]);
    } else {
      await page.getByRole("button", { name: "Take the stored one" }).click();
      assert.equal(await page.getByLabel("Duration").inputValue(), "4h");
      assert.equal((await stored()).duration, "PT4H");
    }
  });
}

test("a statistic that somebody has deleted can be created again", async () => {
  const page = await edit({ expected: [/404|412/] });
  await page.getByLabel("Duration").fill("3h");
  await api("DELETE", `${root}/${id}`);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Deleted by somebody else" }).waitFor();
  await page.getByRole("button", { name: "Create again" }).click();
  await said(page, "Created again.");
  assert.equal((await stored()).duration, "PT3H");
});

test("what was saved is shown while the week is still being read again", async () => {
  const page = await edit();
  await page.route(/activityStatistics\?/, async (route) => {
    await new Promise((done) => setTimeout(done, 800));
    await route.continue().catch(() => undefined); // the page may be closed by then
  });
  await page.getByLabel("Duration").fill("3h");
  await page.getByRole("button", { name: "Save" }).click();
  await said(page, "Saved.");
  assert.equal(await page.getByLabel("Duration").inputValue(), "3h");
  assert.match(await page.locator("pre").innerText(), new RegExp(`If-Match: ${(await stored())["@odata.etag"]}`));
});

test("delete, and undo", async () => {
  const page = await edit();
  const { "@odata.etag": tag, ...before } = await stored();
  await page.getByRole("button", { name: "Delete" }).click();
  await said(page, "Deleted.");
  await assert.rejects(stored(), /404/);
  await page.getByRole("button", { name: "Undo" }).click();
  await said(page, "Undone.");
  const { "@odata.etag": fresh, ...after } = await stored();
  assert.deepEqual(after, before);
  assert.notEqual(fresh, tag);
});

test("what somebody else has changed is not deleted unseen", async () => {
  const page = await edit({ expected: [/412/] });
  await api("PATCH", `${root}/${id}`, { duration: "PT4H" });
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Changed by somebody else" }).waitFor();
  assert.equal((await stored()).duration, "PT4H");
  await page.getByRole("button", { name: "Take the stored one" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await said(page, "Deleted.");
});

test("create, a taken id, and undo", async () => {
  const page = await edit({ expected: [/409/] });
  await page.getByLabel("Statistic").selectOption("new");
  await page.getByLabel("Duration").fill("15m");
  await page.getByRole("button", { name: "Create" }).click();
  await page.locator(".fault").getByText("There is a statistic").first().waitFor(); // the server makes the id of the first one
  await page.getByLabel("Id", { exact: true }).fill("second-meeting");
  await page.getByRole("button", { name: "Create" }).click();
  await said(page, "Created.");
  const made = await api("GET", `${root}/second-meeting`);
  assert.deepEqual([made.startDate, made.duration], [day, "PT15M"]);
  await page.waitForFunction(() => document.querySelector(".choice select")?.value === "id second-meeting");
  await page.getByRole("button", { name: "Undo" }).click();
  await said(page, "Undone.");
  await assert.rejects(api("GET", `${root}/second-meeting`), /404/);
});

test("another person's statistics, with the token of an application", async () => {
  const page = await edit({ as: appToken, path: `/?person=${megan}` });
  await page.locator("[name=afterHours]").fill("10m");
  await page.getByRole("button", { name: "Save" }).click();
  await said(page, "Saved.");
  assert.equal((await stored()).afterHours, "PT10M");
});

test("a user who may only read is told so", async () => {
  const { token: reader } = await control("POST", "/tokens", { user: megan, scopes: ["Analytics.Read"] });
  const page = await edit({ as: reader, expected: [/403/] });
  await page.getByLabel("Duration").fill("1m");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("Analytics.ReadWrite").waitFor();
});

test("a token that expires while one edits: what was typed stays", async () => {
  const page = await edit({ expected: [/401/] });
  await page.getByLabel("Duration").fill("5h");
  await control("POST", "/clock/advance", { by: "PT25H" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("expired").waitFor();
  await control("PUT", "/clock", { now: null });
  await page.getByLabel("Token").fill(token);
  await page.getByLabel("Token").press("Enter");
  await page.locator("#sign-in").waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Duration").inputValue(), "5h");
  await page.getByRole("button", { name: "Save" }).click();
  await said(page, "Saved.");
  assert.equal((await stored()).duration, "PT5H");
});

test("on a phone the form is a sheet from below", async () => {
  const page = await edit({ width: 360, height: 740 });
  const { x, y, width, height } = await page.locator(".panel-day").boundingBox();
  assert.deepEqual([x, width, Math.round(y + height)], [0, 360, 740]);
  assert.ok(y > 100);
  await checkAccessibility(page);
  await page.getByRole("button", { name: "Close" }).click();
  assert.equal(await page.locator(".panel-day").count(), 0);
});
