import { useEffect, useRef, useState } from "preact/hooks";
import { Providers } from "./providers.js";

/** Asks for a token. reason says why, if somebody was signed in before. */
export function SignIn({ reason, signIn }: { reason: string; signIn: (token: string) => void }) {
  const [token, setToken] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (reason) field.current?.focus();
  }, [reason]);
  return (
    <section class="card notice" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
      {reason && (
        <p role="alert" dir="auto">
          {reason}
        </p>
      )}
      <Providers />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn(token.replace(/^bearer\s+/i, "").trim());
        }}
      >
        <label>
          <span class="label">Token</span>
          <input ref={field} type="password" value={token} onInput={(event) => setToken(event.currentTarget.value)} autocomplete="off" spellcheck={false} required />
        </label>
        <button>Sign in with the token</button>
      </form>
      <p class="hint">
        A token comes from <code>afterhours token</code>. It stays in the memory of this page.
      </p>
    </section>
  );
}
