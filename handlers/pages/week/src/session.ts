// Who is signed in, as their token says. The server judges the token; the page only shows what it says.

import type { Given } from "./oidc.js";

export interface Session {
  /** It changes when it is renewed. */
  token: string;
  /** Gets the next token silently. Absent if that is not possible. */
  renew?: () => Promise<string>;
  /** The tenant's id. */
  tenant: string;
  /** The user's id, the same in all tokens of the user; "" for an application. */
  id: string;
  /** The user's name or id, to be shown; "" for an application. */
  user: string;
  /** Whether the token is an application's, which has no /me and reaches every user of the tenant. */
  isApplication: boolean;
}

interface Claims {
  tid?: unknown;
  upn?: unknown;
  preferred_username?: unknown;
  oid?: unknown;
  sub?: unknown;
  idtyp?: unknown;
  scp?: unknown;
  scope?: unknown;
  roles?: unknown;
}

export function sessionOf({ token, renew }: Given): Session {
  const claims = claimsOf(token);
  const isApplication = claims.idtyp === "app" || (Array.isArray(claims.roles) && !claims.scp && !claims.scope);
  const first = (...names: unknown[]) => names.find((name): name is string => typeof name === "string") ?? "";
  const id = first(claims.oid, claims.sub, claims.upn);
  const user = first(claims.upn, claims.preferred_username, id);
  const tenant = typeof claims.tid === "string" ? claims.tid : "";
  return { token, ...(renew && { renew }), tenant, id: isApplication ? "" : id, user: isApplication ? "" : user, isApplication };
}

/** Reports whether the text has the form of the server's tokens, a JWT. */
export const isToken = (text: string) => Object.keys(claimsOf(text)).length > 0;

/** The claims of the token, none if it is not a JWT. */
export function claimsOf(token: string): Claims {
  try {
    const payload = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
