import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, placeOf, takeToken } from "../src/address.js";
import { failureOf } from "../src/api.js";
import { isToken, sessionOf } from "../src/session.js";

const tokenOf = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

test("who the token says is signed in", () => {
  const cases: [unknown, string, boolean][] = [
    [{ upn: "zoë@example.com", scp: "Analytics.Read" }, "zoë@example.com", false],
    [{ oid: "id", scp: "Analytics.Read", roles: ["x"] }, "id", false],
    [{ oid: "id", idtyp: "app", roles: ["Analytics.Read.All"] }, "", true],
    [{ sub: "id", roles: ["Analytics.Read.All"] }, "", true],
    [{ upn: 7 }, "", false],
    [null, "", false],
  ];
  for (const [claims, user, isApplication] of cases) {
    const { user: found, isApplication: isFound } = sessionOf({ token: tokenOf(claims) });
    assert.deepEqual([found, isFound], [user, isApplication], JSON.stringify(claims));
  }
  const ids = [{ oid: "id", upn: "zoë@example.com" }, { oid: "id", sub: "another" }].map((claims) => sessionOf({ token: tokenOf({ ...claims, scp: "x" }) }).id);
  assert.deepEqual(ids, ["id", "id"]); // the same user, with and without a name
  for (const token of ["", "x", "a.b.c", "a.%%.c"]) assert.equal(sessionOf({ token }).user, "");
  for (const [text, isOne] of [["", false], ["x", false], ["a.b.c", false], [tokenOf({}), false], [tokenOf({ sub: "x" }), true]] as const) assert.equal(isToken(text), isOne, text);
});

test("the address names person and week, and no token", () => {
  const place = { person: "a&b=c@example.com", week: "2026-11-16" };
  assert.deepEqual(placeOf(new URL(addressOf(place), "http://x")), place);
  assert.equal(addressOf({ person: "", week: "" }), "/");
  for (const week of ["2026-02-30", "0000-01-01", "0001-03-31", "9999-12-21"]) assert.deepEqual(placeOf(new URL(`http://x/?week=${week}&person=`)), { person: "", week: "" });
  assert.deepEqual(takeToken(new URL("http://x/?week=2026-11-16#token=a.b-c_d")), ["a.b-c_d", "/?week=2026-11-16"]);
  assert.deepEqual(takeToken(new URL("http://x/")), ["", "/"]);
});

test("errors of the API, and of what is no API", () => {
  const faults = failureOf(400, `{"error":{"code":"BadRequest","message":"m","details":[{"code":"invalidValue","message":"d","target":"duration"}]}}`);
  assert.deepEqual([faults.code, faults.message, faults.faults[0]?.target], ["BadRequest", "m", "duration"]);
  assert.equal(failureOf(412, `{"error":{"code":"resourceModified","message":"m","target":"If-Match"}}`).faults[0]?.target, "If-Match");
  assert.equal(failureOf(502, "<html>").message, "The server answered 502.");
  assert.ok(failureOf(503, "").isPassing);
  assert.ok(failureOf(403, `{"error":{"message":"{\\"Code\\":\\"PolicyNotSatisfied\\"}"}}`).isPolicy);
});
