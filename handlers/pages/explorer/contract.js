// A contract of this server as Swagger UI needs it.

/** Which contract the address of the page names. */
export const isControl = /^\/+docs\/+control\b/.test(location.pathname);

/** Reads the contract. With a token, its examples name a statistic that is there. */
export async function read(token) {
  const spec = await get(isControl ? "/control/openapi.json" : "/openapi.json");
  const { securitySchemes, parameters, schemas, requestBodies, examples } = spec.components;
  for (const name of Object.keys(securitySchemes)) {
    // It cannot be given a token for OpenID Connect, which is what the contract has.
    securitySchemes[name] = { ...securitySchemes[name], type: "http", scheme: "bearer", openIdConnectUrl: undefined };
  }
  for (const parameter of Object.values(parameters).filter(({ required }) => !required)) {
    // It would send the example of every optional parameter.
    const { example: ofSchema, ...schema } = parameter.schema.$ref ? schemas[parameter.schema.$ref.split("/").at(-1)] : parameter.schema;
    const { example = ofSchema } = parameter;
    if (example !== undefined) parameter.description += `\n\nExample: \`${example}\``;
    parameter.schema = schema;
    delete parameter.example;
  }
  for (const { content } of Object.values(requestBodies)) {
    // JSON has lost the order of the examples. The one of Graph's documentation is the first.
    for (const media of Object.values(content)) media.examples = { documented: undefined, ...media.examples };
  }
  if (token && parameters.statisticId) await nameStatistic(parameters, examples, token);
  return spec;
}

async function get(path, headers = {}) {
  const response = await fetch(path, { headers });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body;
}

/** Gives the path and the batch the id of a call that is there, so that a first try finds it. */
async function nameStatistic({ statisticId }, { batch }, token) {
  const list = "/beta/me/analytics/activityStatistics?$filter=activity%20eq%20'Call'&$orderby=startDate%20desc&$top=1";
  const [call] = (await get(list, { Authorization: `Bearer ${token}` }).catch(() => ({ value: [] }))).value;
  if (!call) return;
  for (const request of batch.value.requests) request.url = request.url.replace(statisticId.example, call.id);
  statisticId.example = call.id;
}
