// Eight tests at once, each with a tenant of its own, and the same ids in all of them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { start } from "afterhours-test";

const server = await start();

describe("eight tests at once do not disturb each other", { concurrency: 8 }, () => {
  for (let number = 1; number <= 8; number++) {
    test(`test ${number}`, async () => {
      await using tenant = server.tenant();
      const headers = { Authorization: `Bearer ${await tenant.token()}`, "Content-Type": "application/json" };
      const url = `${server.url}/beta/me/analytics/activityStatistics/focus`;
      for (let round = 0; round < 5; round++) {
        await tenant.put({ "@odata.type": "#microsoft.graph.focusActivityStatistics", id: "focus", duration: `PT${number}H` });
        const restore = await tenant.snapshot();
        await tenant.fail("throttled", { times: 1, match: { method: "PATCH" } });
        const change = () => fetch(url, { method: "PATCH", headers, body: JSON.stringify({ duration: `PT${number}M` }) });
        assert.equal((await change()).status, 429);
        assert.equal((await change()).status, 200);
        assert.equal((await tenant.get("focus"))?.duration, `PT${number}M`);
        await restore();
        assert.equal((await tenant.get("focus"))?.duration, `PT${number}H`);
        assert.deepEqual((await tenant.requests({ method: "PATCH" })).map(({ status }) => status), [429, 200]);
        await tenant.reset();
        assert.equal(await tenant.get("focus"), undefined);
      }
    });
  }
});
