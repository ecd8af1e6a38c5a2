import { useEffect, useState } from "preact/hooks";
import { takeToken } from "./address.js";
import { Dashboard } from "./dashboard.js";
import { Header } from "./header.js";
import type { Words } from "./locale.js";
import { isToken, sessionOf, type Session } from "./session.js";
import { SignIn } from "./signin.js";
import { Away, Nobody, Trouble, Withheld } from "./states.js";
import { useUnsaved } from "./unsaved.js";
import { usePlace, useWeeks } from "./use.js";
import { lastCompleteWeek, weekOf } from "./week.js";

/** The whole page. first is who is signed in when it opens, why says why nobody is. */
export function App({ words, first, why }: { words: Words; first: Session | undefined; why: string }) {
  const [session, setSession] = useState(first);
  const [reason, setReason] = useState(why);
  const [unsaved, question] = useUnsaved();
  const [place, go] = usePlace(unsaved);
  const week = place.week ? weekOf(place.week, words.firstDay) : lastCompleteWeek(new Date(), words.firstDay);
  const [reading, again] = useWeeks(session, place.person, week, unsaved);
  useEffect(() => {
    if (reading.failure?.status === 401) setReason(reading.failure.message);
  }, [reading.failure]);
  useEffect(() => {
    document.title = session ? `${place.person || session.user || "Person"}, ${words.range(week, 7)} – Afterhours` : "Afterhours";
  }, [session, place.person, week]);
  const change = async (next: Session | undefined) => {
    const isSame = session && next && session.tenant === next.tenant && session.id === next.id;
    if (!isSame && !(await unsaved.mayLeave())) return;
    setReason("");
    setSession(next);
  };
  const signIn = (token: string) => {
    if (isToken(token)) void change(sessionOf({ token }));
    else setReason("This is not a token: a JWT has three parts with dots between them."); // and whoever is signed in stays
  };
  useEffect(() => {
    const opened = () => {
      const [token, rest] = takeToken(new URL(location.href));
      history.replaceState(history.state, "", rest);
      if (token) signIn(token);
    };
    addEventListener("hashchange", opened); // a link with a token, opened where the page is open already
    return () => removeEventListener("hashchange", opened);
  }, [session]);
  const { weeks, failure } = reading;
  const isSignedIn = session && !reason;
  return (
    <>
      <Header words={words} session={session} person={place.person} week={week} go={go} again={again} unsaved={unsaved} expired={setReason} signOut={() => void change(undefined)} />
      <main aria-busy={reading.isLoading}>
        {!isSignedIn && <SignIn reason={reason} signIn={signIn} />}
        {isSignedIn && session.isApplication && !place.person && <Nobody show={(person) => go({ person })} />}
        {isSignedIn && failure?.isPolicy && <Withheld settings={reading.settings} />}
        {isSignedIn && failure && !failure.isPolicy && (weeks ? <Away failure={failure} retry={again} /> : <Trouble failure={failure} retry={again} />)}
        {session && weeks && (!failure?.isPolicy || unsaved.isHeld) && (
          <Dashboard key={`${session.tenant} ${session.id} ${place.person}`} words={words} session={session} person={place.person} weeks={weeks} week={week} go={(next) => go({ week: next })} again={again} unsaved={unsaved} expired={setReason} />
        )}
        {isSignedIn && !weeks && reading.isLoading && <Loading />}
      </main>
      <p class="hidden" role="status">
        {reading.isLoading ? "Loading" : ""}
        {!reading.isLoading && weeks && (
          <>
            Week of <span lang={words.locale}>{words.range(weeks.week, 7)}</span>
          </>
        )}
      </p>
      {question}
    </>
  );
}

/** The places of what will be there. */
function Loading() {
  return (
    <div class="loading" aria-hidden="true">
      <div class="numbers">
        {[1, 2, 3, 4].map((one) => (
          <div class="card" key={one} />
        ))}
      </div>
      <div class="card tall" />
    </div>
  );
}
