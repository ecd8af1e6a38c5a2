// Sign-in by OpenID Connect: an authorization code with PKCE. While the browser is at the provider, its storage keeps
// what the answer must fit to. A token is never stored.

import * as oauth from "oauth4webapi";
import { claimsOf } from "./session.js";

/** A provider, as /pages/sign-in.json lists it. */
export interface Provider {
  issuer: string;
  client: string;
  scope: string;
  audience?: string;
}

/** What a provider has given. renew gets the next token silently, if the provider allows it. */
export interface Given {
  token: string;
  renew?: () => Promise<string>;
}

interface Pending {
  provider: Provider;
  verifier: string;
  state: string;
  nonce: string;
  /** The path of the page that asks. The provider sends the person back to it. */
  page: string;
  /** Where the person was: path, query and fragment. */
  place: string;
}

const storageKey = "afterhours.sign-in";

export async function readProviders(): Promise<Provider[]> {
  const response = await fetch("/pages/sign-in.json");
  return response.ok ? ((await response.json()) as { providers: Provider[] }).providers : [];
}

/** The words on the button of a provider. */
export function nameOf({ issuer }: Provider): string {
  const { origin, host } = new URL(issuer);
  return origin === location.origin ? "Sign in as a test user" : `Sign in with ${host}`;
}

/** Leaves for the provider. The person comes back to the page with a code. */
export async function begin(provider: Provider, page: string, place: string): Promise<void> {
  const server = await discover(provider);
  const pending: Pending = { provider, verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(), page, place };
  if (!server.authorization_endpoint) throw new Error(`${provider.issuer} has no page for signing in.`);
  const address = new URL(server.authorization_endpoint);
  const parameters: Record<string, string> = {
    client_id: provider.client,
    redirect_uri: location.origin + page,
    response_type: "code",
    scope: provider.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
    ...(provider.audience && { audience: provider.audience }),
    ...resourceOf(provider),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  sessionStorage.setItem(storageKey, JSON.stringify(pending));
  location.assign(address);
}

/**
 * Takes what begin has stored, if a provider has sent the person to the address. The address is then that of the place
 * again, or of the page alone if nobody asked for the answer: it keeps no code.
 */
export function takeAnswer(address: URL): Pending | undefined {
  if (!isAnswer(address)) return undefined;
  const pending = takePending();
  history.replaceState(null, "", pending?.place ?? address.origin + address.pathname);
  return pending;
}

const isAnswer = (address: URL) => address.searchParams.has("state") && (address.searchParams.has("code") || address.searchParams.has("error"));

/** Empties the storage, whatever follows. */
function takePending(): Pending | undefined {
  const text = sessionStorage.getItem(storageKey);
  sessionStorage.removeItem(storageKey);
  return text ? (JSON.parse(text) as Pending) : undefined;
}

/** Redeems the code in the address. */
export async function finish({ provider, verifier, state, nonce, page }: Pending, address: URL): Promise<Given> {
  const server = await discover(provider);
  const client: oauth.Client = { client_id: provider.client };
  const answer = oauth.validateAuthResponse(server, client, address, state);
  const options = { ...insecure(provider), additionalParameters: resourceOf(provider) };
  const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, location.origin + page, verifier, options);
  const given = await oauth.processAuthorizationCodeResponse(await ofTenant(server, response), client, response, { expectedNonce: nonce, requireIdToken: true });
  return give(provider, server, given);
}

function give(provider: Provider, server: oauth.AuthorizationServer, given: oauth.TokenEndpointResponse): Given {
  let refresh = given.refresh_token;
  if (!refresh) return { token: given.access_token };
  const client: oauth.Client = { client_id: provider.client };
  const renewOnce = async () => {
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh ?? "", insecure(provider));
    const next = await oauth.processRefreshTokenResponse(await ofTenant(server, response), client, response);
    refresh = next.refresh_token ?? refresh;
    return next.access_token;
  };
  let renewing: Promise<string> | undefined; // requests that fail at once share the next token
  const renew = () => (renewing ??= renewOnce().finally(() => (renewing = undefined)));
  return { token: given.access_token, renew };
}

/** Stands for the tenant of each token, in the name of an issuer for every tenant of Entra ID. */
const tenantTemplate = "{tenantid}";

async function discover(provider: Provider): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(provider.issuer.replace(tenantTemplate, "common")); // as the server does it
  const response = await oauth.discoveryRequest(issuer, { algorithm: "oidc", ...insecure(provider) });
  if (!provider.issuer.includes(tenantTemplate)) return oauth.processDiscoveryResponse(issuer, response);
  const server = (await response.json()) as oauth.AuthorizationServer;
  if (server.issuer !== provider.issuer) throw new Error(`${issuer} is of the issuer ${server.issuer}; it must be of ${provider.issuer}.`);
  return server;
}

/** The server as its ID token must name it: with the tenant that the token is of. */
async function ofTenant(server: oauth.AuthorizationServer, response: Response): Promise<oauth.AuthorizationServer> {
  if (!server.issuer.includes(tenantTemplate)) return server;
  const { id_token: token } = (await response.clone().json()) as { id_token?: string };
  const { tid } = claimsOf(token ?? "");
  return typeof tid === "string" ? { ...server, issuer: server.issuer.replace(tenantTemplate, tid) } : server;
}

/** The audience as RFC 8707 has it, an absolute URI. Other providers know it as audience, or by the client. */
function resourceOf({ audience = "" }: Provider): { resource?: string } {
  return /^[a-z][a-z0-9+.-]*:/i.test(audience) ? { resource: audience } : {};
}

/** Without https only on this machine; the server trusts no other issuer by http. */
const insecure = (provider: Provider) => ({ [oauth.allowInsecureRequests]: provider.issuer.startsWith("http://") });

/** What went wrong, in the provider's words if it has any. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof oauth.AuthorizationResponseError || cause instanceof oauth.ResponseBodyError) return cause.error_description ?? cause.error;
  return cause instanceof Error ? cause.message : String(cause);
}
