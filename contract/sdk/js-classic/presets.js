// Sends the documented PATCH for each id on standard input; see ../presets.
import { Client } from "@microsoft/microsoft-graph-client";
import { mint, observe } from "../presets/observe.js";

const url = process.env.AFTERHOURS_URL;
const token = await mint(); // this SDK never asks for another one
const client = Client.init({
  baseUrl: url,
  defaultVersion: "beta",
  customHosts: new Set([new URL(url).hostname]),
  authProvider: (done) => done(null, token),
});

await observe(
  (id) => client.api(`/me/analytics/activityStatistics/${id}`).patch({ duration: "PT1H" }),
  (error) => ({ error: error.constructor.name, status: error.statusCode, code: error.code }),
);
