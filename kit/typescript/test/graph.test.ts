// The official SDKs, unmodified, in tests as the kit's users write them. The classic client sends tokens over https alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AllowedHostsValidator, BaseBearerTokenAuthenticationProvider, HttpMethod, RequestInformation } from "@microsoft/kiota-abstractions";
import { BatchRequestContent, BatchResponseContent, Client, GraphError } from "@microsoft/microsoft-graph-client";
import { GraphBetaRequestAdapter } from "@microsoft/msgraph-beta-sdk";
import { type ActivityStatistics, createActivityStatisticsFromDiscriminatorValue } from "@microsoft/msgraph-beta-sdk/models/index.js";
import { start, type Tenant } from "afterhours-test";

const server = await start({ tls: true });
globalThis.fetch = server.fetch;

const statistics = "/me/analytics/activityStatistics";
const call = {
  "@odata.type": "#microsoft.graph.callActivityStatistics",
  id: "call",
  activity: "Call",
  startDate: "2019-06-16",
  endDate: "2019-06-17",
  timeZoneUsed: "Pacific Standard Time",
  duration: "PT1H30M",
  afterHours: "PT30S",
} as const;

function classic(tenant: Tenant): Client {
  return Client.init({
    baseUrl: server.url,
    defaultVersion: "beta",
    customHosts: new Set([new URL(server.url).hostname]),
    authProvider: (done) => void tenant.token().then((token) => done(null, token), (error) => done(error, null)),
  });
}

async function refusal(request: Promise<unknown>): Promise<GraphError> {
  const error = await request.then(() => assert.fail("the request succeeded"), (error) => error);
  assert.ok(error instanceof GraphError, String(error));
  return error;
}

test("create", async () => {
  await using tenant = server.tenant();
  const created = await classic(tenant).api(statistics).post(call);
  assert.equal(created.afterHours, "PT30S");
  assert.equal((await tenant.get("call"))?.["@odata.etag"], created["@odata.etag"]);
  const [request, ...rest] = await tenant.requests({ method: "POST" });
  assert.equal(request?.status, 201);
  assert.match(request.headers?.["SdkVersion"] ?? "", /^graph-js\/3/);
  assert.deepEqual(rest, []);
});

test("the documented PATCH", async () => {
  await using tenant = server.tenant();
  await tenant.put(call);
  const change = {
    "@odata.type": "#microsoft.graph.callActivityStatistics",
    activity: "Call",
    startDate: "2019-06-18",
    endDate: "2019-06-19",
    timeZoneUsed: "Time Zone Used value",
    duration: "-PT1M55.0810357S",
    afterHours: "-PT1M34.3242013S",
  };
  await classic(tenant).api(`${statistics}/call`).patch(change);
  const { "@odata.context": _, "@odata.etag": __, ...read } = (await tenant.get("call")) ?? assert.fail("it is gone");
  assert.deepEqual(read, { ...change, id: "call" });
});

test("412", async () => {
  await using tenant = server.tenant();
  await tenant.put(call);
  const stale = (await tenant.get("call"))?.["@odata.etag"] ?? "";
  await tenant.put({ ...call, duration: "PT2H" });
  const error = await refusal(classic(tenant).api(`${statistics}/call`).header("If-Match", stale).patch({ duration: "PT3H" }));
  assert.equal(error.statusCode, 412);
  assert.equal((await tenant.get("call"))?.duration, "PT2H");
});

test("throttled, and sent again by the SDK", async () => {
  await using tenant = server.tenant();
  await tenant.put(call);
  await tenant.fail({ answer: { status: 429, retryAfter: 0 } }, { times: 2, match: { method: "PATCH" } });
  await classic(tenant).api(`${statistics}/call`).patch({ duration: "PT2H" });
  assert.equal((await tenant.get("call"))?.duration, "PT2H");
  const requests = await tenant.requests({ method: "PATCH" });
  assert.deepEqual(requests.map(({ status }) => status), [429, 429, 200]);
  assert.deepEqual(requests.map(({ headers }) => headers?.["Retry-Attempt"]), [undefined, "1", "2"]);
  assert.equal(new Set(requests.map(({ clientRequestId }) => clientRequestId)).size, 1);
});

test("throttled for longer than the SDK tries", async () => {
  await using tenant = server.tenant();
  const rule = await tenant.fail({ answer: { status: 429, retryAfter: 0 } });
  const error = await refusal(classic(tenant).api(`${statistics}/call`).get());
  assert.equal(error.statusCode, 429);
  assert.equal(error.code, "TooManyRequests");
  const { data } = await server.control.GET("/faults");
  assert.equal(data?.value.find(({ id }) => id === rule.id)?.applied, 4);
});

test("throttled inside a batch, which the SDK does not send again", async () => {
  await using tenant = server.tenant();
  await tenant.put(call);
  await tenant.fail("throttled", { times: 1, match: { method: "PATCH" } });
  const url = `${server.url}/beta${statistics}/call`;
  const patch = new Request(url, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: '{"duration":"PT2H"}' });
  const content = new BatchRequestContent([{ id: "patch", request: patch }, { id: "get", request: new Request(url) }]);
  const batch = new BatchResponseContent(await classic(tenant).api("/$batch").post(await content.getContent()));
  const throttled = batch.getResponseById("patch");
  assert.equal(throttled.status, 429);
  assert.equal(throttled.headers.get("Retry-After"), "1");
  assert.equal(batch.getResponseById("get").status, 200);
  assert.equal((await tenant.get("call"))?.duration, "PT1H30M");
  assert.equal((await tenant.requests({ method: "PATCH" })).length, 1);
});

test("a claims challenge, and the new token that the SDK asks for", async () => {
  await using tenant = server.tenant();
  await tenant.put(call);
  let token = await tenant.token({ cae: true });
  await tenant.fail("cae"); // refuses the tokens from before
  const asked: unknown[] = [];
  const adapter = new GraphBetaRequestAdapter(
    new BaseBearerTokenAuthenticationProvider({
      getAuthorizationToken: async (_url, context) => {
        if (context?.["claims"]) {
          asked.push(JSON.parse(Buffer.from(context["claims"] as string, "base64").toString()));
          token = await tenant.token({ cae: true });
        }
        return token;
      },
      getAllowedHostsValidator: () => new AllowedHostsValidator(),
    }),
  );
  adapter.baseUrl = `${server.url}/beta`;
  const request = new RequestInformation(HttpMethod.GET, `{+baseurl}${statistics}/call`);
  const read = await adapter.send<ActivityStatistics>(request, createActivityStatisticsFromDiscriminatorValue, undefined);
  assert.equal(read?.duration?.toString(), "PT1H30M");
  assert.match(JSON.stringify(asked), /^\[\{"access_token":\{"nbf":/);
  assert.deepEqual((await tenant.requests()).map(({ status }) => status), [401, 200]);
});
