// How the page sends what takes long: imports and exports outlast a token.

import { useCallback, useLayoutEffect, useRef } from "preact/hooks";
import { Failure, send, type Request } from "./api.js";
import type { Session } from "./session.js";

/** Sends a request of the person who is signed in. */
export type Send = <Answer>(request: Request, signal: AbortSignal) => Promise<Answer>;

/**
 * Sends as send does. If the token has expired and cannot be renewed silently, it calls expired, waits until somebody has
 * signed in again, and sends once more. The signal ends the waiting, and no request that is under way.
 */
export function useLastingSend(session: Session, expired: (reason: string) => void): Send {
  const current = useRef(session);
  const waiting = useRef(new Set<() => void>());
  useLayoutEffect(() => {
    current.current = session;
    for (const goOn of waiting.current) goOn();
  }, [session]);
  return useCallback(
    async <Answer>(request: Request, signal: AbortSignal): Promise<Answer> => {
      for (;;) {
        const used = current.current;
        try {
          return await send<Answer>(used, request);
        } catch (cause) {
          if (!(cause instanceof Failure) || cause.status !== 401) throw cause;
          if (current.current !== used) continue;
          expired(cause.message);
          await next(waiting.current, signal);
        }
      }
    },
    [expired],
  );
}

/** Waits until it is called from the set. */
function next(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const goOn = () => {
      waiting.delete(goOn);
      signal.removeEventListener("abort", stop);
      done();
    };
    const stop = () => {
      waiting.delete(goOn);
      fail(signal.reason);
    };
    signal.throwIfAborted();
    signal.addEventListener("abort", stop);
    waiting.add(goOn);
  });
}
