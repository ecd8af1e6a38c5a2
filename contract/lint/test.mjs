// Checks every rule in spectral.yaml: one contract breaks each rule once, and Spectral must report where.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import yaml from "@stoplight/yaml";

const contract = yaml.parse(readFileSync("../../openapi.yaml", "utf8"));
const { paths, components } = contract;
const list = paths["/me/analytics/activityStatistics"];
const item = paths["/me/analytics/activityStatistics/{activityStatistics-id}"];
const without = (name) => (parameter) => parameter.$ref !== `#/components/parameters/${name}`;

// The name of a rule, how to break it, and a part of the reported path.
const faults = [
  ["graph-names-are-camel-case", "schemas.settings", () => (components.schemas.settings.properties.has_mailbox = { type: "boolean" })],
  ["graph-operations-are-named", "paths./.get", () => (paths["/"].get.operationId = "serviceDocument")],
  ["graph-keys-are-kebab-case", "paths./people/{person_id}", () => (paths["/people/{person_id}"] = { get: paths["/"].get })],
  ["odata-options-have-a-dollar", "parameters.top", () => (components.parameters.top.name = "top")],
  ["odata-patch-is-conditional", "delete.parameters", () => (item.delete.parameters = item.delete.parameters.filter(without("ifMatch")))],
  ["odata-writes-take-preferences", "post.parameters", () => (list.post.parameters = list.post.parameters.filter(without("prefer")))],
  ["odata-entities-have-tags", "responses.Created", () => delete components.responses.Created.headers.ETag],
  ["odata-collections-have-a-value", "value", () => (components.schemas.activityStatisticsCollection.properties.value.type = "object")],
  ["graph-errors-have-one-shape", "Conflict", () => (components.responses.Conflict.content["application/json"].schema = { type: "object", properties: { message: { type: "string" } } })],
  ["graph-answers-name-the-request", "responses.Deleted", () => delete components.responses.Deleted.headers["request-id"]],
  ["operations-tell-their-errors", "patch.responses", () => delete item.patch.responses["403"]],
  ["requests-are-bounded", "parameters.filter", () => delete components.parameters.filter.schema.maxLength],
];

const rules = Object.entries(yaml.parse(readFileSync("spectral.yaml", "utf8")).rules).filter(([, rule]) => rule !== "off");
assert.deepEqual(faults.map(([rule]) => rule).sort(), rules.map(([name]) => name).sort(), "a rule without a fault that breaks it");

const work = mkdtempSync(join(tmpdir(), "lint-"));
try {
  for (const [, , fault] of faults) fault();
  writeFileSync(join(work, "openapi.json"), JSON.stringify(contract));
  const options = ["--ruleset", "spectral.yaml", "--format", "json", "--quiet"];
  const found = JSON.parse(spawnSync("node_modules/.bin/spectral", ["lint", ...options, join(work, "openapi.json")], { maxBuffer: 1 << 28 }).stdout);
  for (const [rule, place] of faults) {
    const places = found.filter(({ code }) => code === rule).map(({ path }) => path.join("."));
    assert(places.some((path) => path.includes(place)), `${rule} does not report ${place}, but ${JSON.stringify(places)}`);
  }
  console.log(`${faults.length} rules, ${faults.length} faults found`);
} finally {
  rmSync(work, { recursive: true });
}
