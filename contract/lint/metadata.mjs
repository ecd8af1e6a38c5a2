// Checks that $metadata promises no operation that the contract lacks. OASIS's own converter makes an OpenAPI document of
// it; each of its operations must be in openapi.yaml. The converter knows the restrictions of the vocabulary Capabilities.
import assert from "node:assert/strict";
import { xml2json } from "odata-csdl";
import { csdl2openapi } from "odata-openapi";

const get = async (path) => {
  const response = await fetch(process.env.AFTERHOURS_URL + path);
  assert.equal(response.status, 200, path);
  return response.text();
};

const operations = ({ paths }) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => ["get", "put", "post", "patch", "delete"].includes(method))
      .map((method) => `${method} ${path.replace(/\{[^}]*\}/g, "{}")}`),
  );

const messages = [];
const model = xml2json(await get("/beta/$metadata"), { messages, strict: true });
const promised = operations(csdl2openapi(model, { messages, maxLevels: 4 }));
assert.deepEqual(messages, [], "the converter complains");

const kept = operations(JSON.parse(await get("/openapi.json")));
assert.deepEqual(promised.filter((one) => !kept.includes(one)), [], "$metadata promises operations that openapi.yaml lacks");

// A model that promised nothing would pass as well.
for (const user of ["/me", "/users/{}"]) {
  const statistics = `${user}/analytics/activityStatistics`;
  const wanted = [`get ${user}/analytics`, `patch ${user}/analytics`, `get ${statistics}`, `post ${statistics}`];
  wanted.push(...["get", "patch", "delete"].map((method) => `${method} ${statistics}/{}`), "post /$batch");
  assert.deepEqual(wanted.filter((one) => !promised.includes(one)), [], "$metadata does not promise all");
}
console.log(`${promised.length} operations in $metadata, all of them in openapi.yaml`);
