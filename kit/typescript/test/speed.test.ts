// How long a test waits for the kit. The best of several counts, because others may use the machine at the same time.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { start, type NewStatistic } from "afterhours-test";

const statistics = Array.from({ length: 1000 }, (_, i): NewStatistic => ({
  "@odata.type": "#microsoft.graph.focusActivityStatistics",
  id: `focus-${i}`,
  duration: "PT1H",
}));

/**
 * Measures the action 20 times, prepared each time, and fails if not even the best is below the bound, in ms. On a busy
 * machine it goes on until one is, for half a minute.
 */
async function measure(t: TestContext, bound: number, prepare: () => Promise<unknown>, action: () => Promise<unknown>) {
  const times: number[] = [];
  const best = () => Math.min(...times);
  for (const latest = Date.now() + 30_000; times.length < 20 || (best() >= bound && Date.now() < latest); ) {
    await prepare();
    const began = performance.now();
    await action();
    times.push(performance.now() - began);
  }
  const median = [...times].sort((a, b) => a - b)[times.length >> 1];
  t.diagnostic(`${times.length} times: best ${best().toFixed(1)} ms, median ${median?.toFixed(1)} ms; the bound is ${bound} ms`);
  assert.ok(best() < bound);
}

test("a start takes less than 200 ms", async (t) => {
  let close = async () => {};
  await measure(t, 200, () => close(), async () => {
    const server = await start();
    close = () => server.close();
  });
  await close();
});

test("a reset takes less than 20 ms with 1,000 statistics", async (t) => {
  await using server = await start();
  const tenant = server.tenant();
  await measure(t, 20, () => tenant.put(statistics), () => tenant.reset());
});

test("a restore takes less than 20 ms with 1,000 statistics", async (t) => {
  await using server = await start();
  const tenant = server.tenant();
  await tenant.put(statistics);
  const restore = await tenant.snapshot();
  await measure(t, 20, () => tenant.reset(), restore);
});
