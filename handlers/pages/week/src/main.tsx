import { render } from "preact";
import { takeToken } from "./address.js";
import { App } from "./app.js";
import { words } from "./locale.js";
import { finish, reasonOf, takeAnswer } from "./oidc.js";
import { sessionOf, type Session } from "./session.js";

// First of all: the address must keep neither a token nor a code.
const address = new URL(location.href);
const [token, rest] = takeToken(address);
const pending = takeAnswer(address);
if (location.hash) history.replaceState(null, "", rest);

const spoken = words(navigator.language);
document.documentElement.dir = spoken.direction;

async function start(root: HTMLElement): Promise<void> {
  let first: Session | undefined = token ? sessionOf({ token }) : undefined;
  let reason = "";
  try {
    if (pending) first = sessionOf(await finish(pending, address));
  } catch (cause) {
    reason = `Not signed in: ${reasonOf(cause)}`;
  }
  render(<App words={spoken} first={first} why={reason} />, root);
}

const root = document.getElementById("week");
if (root) void start(root);
