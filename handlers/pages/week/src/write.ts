// How the page writes: it sends, tells, and can take back.

import { useState } from "preact/hooks";
import { Failure, send, type Request } from "./api.js";
import type { Session } from "./session.js";

/** What the last write did, and the request that takes it back. */
export interface Notice {
  text: string;
  undo?: Request;
}

export interface Write {
  /** Sends the request. The failure is the caller's to show, except that of a token that has expired. */
  send: <Answer>(request: Request) => Promise<Answer>;
  /** Says what was done, and reads the week again. */
  done: (notice: Notice) => void;
}

/** The writer of a page, the notice that it has to show, and the functions for its two buttons. */
export function useWrite(session: Session, again: () => void, expired: (reason: string) => void) {
  const [notice, setNotice] = useState<Notice>();
  const done = (next: Notice) => {
    setNotice(next);
    again();
  };
  const write: Write = {
    send: async (request) => {
      try {
        return await send(session, request);
      } catch (cause) {
        if (cause instanceof Failure && cause.status === 401) expired(cause.message);
        throw cause;
      }
    },
    done,
  };
  const undo = async () => {
    if (!notice?.undo) return;
    try {
      await write.send(notice.undo);
      done({ text: "Undone." });
    } catch (cause) {
      setNotice({ ...notice, text: `Not undone: ${cause instanceof Failure ? cause.message : String(cause)}` });
    }
  };
  return { write, notice, undo, tell: (text: string) => setNotice({ text }), dismiss: () => setNotice(undefined) };
}
