// The address of the page names the person and the week, so that it can be shared. It never keeps a token.

import { earliest, isDate, latest } from "./week.js";

export interface Place {
  /** The id or name of a person, "" for the person who is signed in. */
  person: string;
  /** A day of the week, "" for the last week that is over. */
  week: string;
}

export function placeOf(address: URL): Place {
  const week = address.searchParams.get("week") ?? "";
  return { person: address.searchParams.get("person") ?? "", week: isDate(week) && week >= earliest && week <= latest ? week : "" };
}

export function addressOf({ person, week }: Place): string {
  const query = new URLSearchParams();
  if (person) query.set("person", person);
  if (week) query.set("week", week);
  return query.size > 0 ? `/?${query}` : "/";
}

/** Takes the token from the fragment. The second value is the address without it. */
export function takeToken(address: URL): [token: string, rest: string] {
  const fragment = new URLSearchParams(address.hash.slice(1));
  const token = fragment.get("token") ?? "";
  return [token, address.pathname + address.search];
}
