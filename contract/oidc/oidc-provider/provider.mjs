// npm's oidc-provider as an organization may set it up: node provider.mjs PORT KEYS [rotate|withdraw]
// KEYS is a file of private keys (a JWK Set), which is created if it is missing. Tokens are signed by the first key of
// each algorithm. rotate puts new keys before the old ones, and withdraw drops the old ones.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import Provider from "oidc-provider";

const [port, file, change] = process.argv.slice(2);
const organization = "3b9d2c61-5f0e-4a7d-8c12-9e4f6a1b7d30"; // the tenant
const kinds = { RS256: ["rsa", { modulusLength: 2048 }], PS256: ["rsa", { modulusLength: 2048 }], ES256: ["ec", { namedCurve: "P-256" }], EdDSA: ["ed25519"] };

/** A new private key for each algorithm. Without alg, a key of RSA would be for RS256. */
const makeKeys = () => Object.entries(kinds).map(([alg, [type, options]]) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), alg, use: "sig", kid: randomUUID() }));

let keys = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).keys : makeKeys();
if (change === "rotate") keys = [...makeKeys(), ...keys];
if (change === "withdraw") keys = keys.slice(0, Object.keys(kinds).length);
writeFileSync(file, JSON.stringify({ keys }), { mode: 0o600 });

/** A resource server names the algorithm of its tokens, as in https://statistics.example.com/ES256. */
const resource = (indicator) => {
  const { origin, pathname } = new URL(indicator);
  return {
    scope: "Analytics.Read Analytics.ReadWrite", audience: origin, accessTokenFormat: "jwt",
    accessTokenTTL: 43200, jwt: { sign: { alg: pathname.slice(1) || "RS256" } },
  };
};

/** What this organization adds to access tokens: its tenant, permissions in lists, and a mark for applications. */
const claims = (context, token) => ({
  "https://example.com/org": { tenant: organization },
  permissions: (token.scope ?? "").split(" ").filter(Boolean),
  ...(token.kind === "ClientCredentials" && { kind: "machine", rights: { statistics: ["Analytics.ReadWrite.All"] } }),
});

new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { client_id: "app", token_endpoint_auth_method: "none", redirect_uris: ["http://127.0.0.1/callback"], application_type: "native" },
    { client_id: "robot", client_secret: "secret", redirect_uris: [], response_types: [], grant_types: ["client_credentials"] },
  ],
  jwks: { keys },
  cookies: { keys: ["a key of this test"] },
  scopes: ["openid", "Analytics.Read", "Analytics.ReadWrite"],
  extraTokenClaims: claims,
  conformIdTokenClaims: false, // the ID token has all that an access token has, but the permissions
  claims: { openid: ["sub", "https://example.com/org"] },
  findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, "https://example.com/org": { tenant: organization } }) }),
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo: (context, indicator) => resource(indicator), useGrantedResource: () => true },
  },
}).listen(Number(port), "127.0.0.1");
