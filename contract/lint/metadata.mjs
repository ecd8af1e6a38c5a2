// Checks that $metadata is valid by OASIS's schemas for XML and JSON, and that it promises no operation that the contract
// lacks. OASIS's own converter makes an OpenAPI document of it; each of its operations must be in openapi.yaml. The converter
// knows the restrictions of the vocabulary Capabilities.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";
import { xml2json } from "odata-csdl";
import { csdl2openapi } from "odata-openapi";
import { validateXML } from "xmllint-wasm";

const get = async (path, headers = {}) => {
  const response = await fetch(process.env.AFTERHOURS_URL + path, { headers });
  assert.equal(response.status, 200, path);
  return response.text();
};

// The contract spells delta without its namespace, which may be left out (OData URL 4.5).
const operations = ({ paths }) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => ["get", "put", "post", "patch", "delete"].includes(method))
      .map((method) => `${method} ${path.replace(/\{[^}]*\}/g, "{}").replace("/microsoft.graph.delta()", "/delta()")}`),
  );

const { resolve } = createRequire(import.meta.url);
const schema = (fileName) => readFileSync(resolve(`odata-csdl/schemas/${fileName}`), "utf8");

const validXML = async (contents) => {
  const files = { schema: [{ fileName: "edmx.xsd", contents: schema("edmx.xsd") }], preload: [{ fileName: "edm.xsd", contents: schema("edm.xsd") }] };
  return (await validateXML({ xml: [{ fileName: "metadata.xml", contents }], ...files })).errors.map(({ message }) => message);
};
const validJSON = new Ajv({ strict: false }).compile(JSON.parse(schema("csdl.schema.json")));

const xml = await get("/beta/$metadata");
assert.deepEqual(await validXML(xml), [], "the XML is not valid by edmx.xsd");
assert.notDeepEqual(await validXML(xml.replace("<EntityType Name=", "<EntityType Nam=")), [], "edmx.xsd finds nothing");
const json = JSON.parse(await get("/beta/$metadata", { Accept: "application/json" }));
assert.ok(validJSON(json), `the JSON is not valid by csdl.schema.json: ${JSON.stringify(validJSON.errors)}`);
assert.ok(!validJSON({ ...json, $EntityContainer: 1 }), "csdl.schema.json finds nothing");

const messages = [];
const model = xml2json(xml, { messages, strict: true });
const promised = operations(csdl2openapi(model, { messages, maxLevels: 4 }));
assert.deepEqual(messages, [], "the converter complains");

const kept = operations(JSON.parse(await get("/openapi.json")));
assert.deepEqual(promised.filter((one) => !kept.includes(one)), [], "$metadata promises operations that openapi.yaml lacks");

// A model that promised nothing would pass as well.
for (const user of ["/me", "/users/{}"]) {
  const statistics = `${user}/analytics/activityStatistics`;
  const wanted = [`get ${user}/analytics`, `patch ${user}/analytics`, `get ${statistics}`, `post ${statistics}`];
  wanted.push(`get ${statistics}/delta()`, ...["get", "patch", "delete"].map((method) => `${method} ${statistics}/{}`), "post /$batch");
  assert.deepEqual(wanted.filter((one) => !promised.includes(one)), [], "$metadata does not promise all");
}
console.log(`${promised.length} operations in $metadata, all of them in openapi.yaml`);
