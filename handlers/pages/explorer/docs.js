// The explorer: shows a contract of this server in Swagger UI. Tokens stay in memory: the page never stores one.
import { takeToken } from "../week/src/address.ts";
import { begin, finish, nameOf, readProviders, reasonOf, takeAnswer } from "../week/src/oidc.ts";
import { sessionOf } from "../week/src/session.ts";
import { isControl, read } from "./contract.js";

const page = "/docs"; // where people sign in; tokens for the control contract come from `afterhours token` alone
const form = document.querySelector("#sign-in");
const say = (text) => (document.querySelector("nav output").textContent = text);
let explorer, spec;
let session; // who is signed in

// First of all: the address must keep neither a token nor a code.
const address = new URL(location.href);
const [token, rest] = takeToken(address);
const answer = takeAnswer(address);
if (token && !answer) history.replaceState(null, "", rest);

const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches); // Swagger UI's name
dark.addEventListener("change", paint);
paint();

document.querySelector(`nav a[href="${isControl ? "/docs/control" : page}"]`).setAttribute("aria-current", "page");

/** Sends the token of the session with each request. */
function authorize() {
  for (const name of Object.keys(spec.components.securitySchemes)) explorer.preauthorizeApiKey(name, session.token);
  say(session.user ? `Signed in as ${session.user}.` : "Requests are sent with the token.");
}

function signIn(given) {
  session = sessionOf(given);
  authorize();
}

/** Renews a token that the server refuses, if the provider allows it. The request is not sent again: it may be a write. */
async function renew(response) {
  if (response.status !== 401 || !session) return response;
  try {
    if (!session.renew) throw new Error("sign in again");
    session.token = await session.renew();
    authorize();
    say("The token had expired and is renewed. Send the request again.");
  } catch (cause) {
    say(`The token is refused: ${reasonOf(cause)}.`);
  }
  return response;
}

/** Adds a button for each provider at which one can sign in. Without them, the field for a token is left. */
async function offerProviders() {
  for (const provider of await readProviders().catch(() => [])) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = nameOf(provider);
    button.addEventListener("click", () => begin(provider, page, page + location.hash).catch((cause) => say(reasonOf(cause))));
    form.before(button);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn({ token: form.elements.token.value.replace(/^bearer\s+/i, "").trim() });
  form.reset();
});

try {
  if (token) session = sessionOf({ token });
  if (answer) {
    try {
      session = sessionOf(await finish(answer, address));
    } catch (cause) {
      say(`Not signed in: ${reasonOf(cause)}`);
    }
  }
  if (!isControl) void offerProviders();
  spec = await read(session?.token);
  explorer = globalThis.SwaggerUIBundle({
    spec,
    domNode: document.querySelector("#contract"),
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    queryConfigEnabled: false, // the address must not choose another contract
    validatorUrl: null, // no other server is asked
    responseInterceptor: renew,
    onComplete: () => session && authorize(),
  });
} catch (cause) {
  say(`The contract cannot be read: ${cause.message}`);
}
