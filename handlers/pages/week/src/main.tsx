import { render } from "preact";
import { takeToken } from "./address.js";
import { App } from "./app.js";
import { words } from "./locale.js";
import { sessionOf } from "./session.js";

const [token, rest] = takeToken(new URL(location.href));
if (location.hash) history.replaceState(null, "", rest); // before anything else: the address must not keep a token
const spoken = words(navigator.language);
document.documentElement.dir = spoken.direction;
const root = document.getElementById("week");
if (root) render(<App words={spoken} {...(token && { first: sessionOf(token) })} />, root);
