// Shows a contract of this server in Swagger UI. Tokens stay in memory: the page never stores one.
const contract = location.pathname === "/docs/control" ? "/control/openapi.json" : "/openapi.json";
const form = document.querySelector("#sign-in");
const said = document.querySelector("nav output");

/** The token in the address, as `serve --demo` prints it, and takes it out of the address. */
function tokenInAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (token) history.replaceState(null, "", location.pathname);
  return token;
}

async function get(path, headers = {}) {
  const response = await fetch(path, { headers });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body;
}

/** The contract as Swagger UI needs it. */
async function load(token) {
  const spec = await get(contract);
  const { securitySchemes, parameters, schemas } = spec.components;
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
  if (token && parameters.statisticId) await nameStatistic(parameters, token);
  return spec;
}

/** Gives the parameters of a path the ids of a call that is there, so that a first try finds it. */
async function nameStatistic(parameters, token) {
  const list = "/beta/me/analytics/activityStatistics?$filter=activity%20eq%20'Call'&$orderby=startDate%20desc&$top=1";
  const [call] = (await get(list, { Authorization: `Bearer ${token}` }).catch(() => ({ value: [] }))).value;
  if (call) parameters.statisticId.example = call.id;
}

document.querySelector(`nav a[href="${location.pathname}"]`)?.setAttribute("aria-current", "page");

try {
  const token = tokenInAddress();
  const spec = await load(token);
  const explorer = globalThis.SwaggerUIBundle({
    spec,
    domNode: document.querySelector("#contract"),
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    queryConfigEnabled: false, // the address must not choose another contract
    validatorUrl: null, // no other server is asked
    onComplete: () => token && use(token),
  });
  const use = (token) => {
    for (const name of Object.keys(spec.components.securitySchemes)) explorer.preauthorizeApiKey(name, token);
    said.textContent = "Requests are sent with the token.";
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    use(form.elements.token.value.trim());
    form.reset();
  });
} catch (error) {
  said.textContent = `The contract cannot be read: ${error.message}`;
}
