import type { Failure, Settings } from "./api.js";
import { PersonForm } from "./header.js";

/** Asks for a person, for an application's token has none of its own. */
export function Nobody({ show }: { show: (person: string) => void }) {
  return (
    <section class="card notice" aria-labelledby="nobody">
      <h2 id="nobody">Person</h2>
      <PersonForm person="" show={show} />
    </section>
  );
}

/** Says why the week is not here, and offers what may help. */
export function Trouble({ failure, retry }: { failure: Failure; retry: () => void }) {
  return (
    <section class="card notice" role="alert">
      <h2>{titleOf(failure)}</h2>
      <p dir="auto">{failure.message}</p>
      <button type="button" class="main" onClick={retry}>
        Try again
      </button>
    </section>
  );
}

function titleOf({ status }: Failure): string {
  if (status === 0) return "No connection";
  if (status === 403) return "No permission";
  if (status === 404) return "Unknown person";
  return status === 429 || status === 503 ? "Server busy" : "Error";
}

/** Shown while the settings of the person forbid reading, as in Graph. */
export function Withheld({ settings }: { settings: Settings | undefined }) {
  const reasons = settings
    ? [settings.hasOptedOut && "opted out", !settings.hasLicense && "no licence", !settings.hasGraphMailbox && "no mailbox"].filter(Boolean)
    : [];
  return (
    <section class="card notice withheld" aria-labelledby="withheld">
      <h2 id="withheld">Statistics withheld</h2>
      <p>{reasons.length > 0 ? `Settings of this person: ${reasons.join(", ")}.` : "The settings of this person forbid reading."}</p>
    </section>
  );
}

/** A bar over the numbers that are still there while the server is not. */
export function Away({ failure, retry }: { failure: Failure; retry: () => void }) {
  return (
    <p class="away" role="alert">
      <span>{failure.message} The numbers below may be old.</span>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </p>
  );
}
