// Package auth answers one question: who is calling, according to the bearer token that came with the request.
//
// It leaves alone what the caller may do (the contract names the scopes and roles, handlers compare them with a
// [Principal]) and what the answer looks like on the wire (handlers write the 401, the 503 and their headers).
//
//	Authorization header
//	   │ BearerToken
//	   ▼
//	token text ──► Verifier.Verify ──► seen before, and its keys are still current? ──yes──► Principal
//	                                      │ no
//	                                      ▼
//	                  parse      three parts, at most 16 KiB, strict base64url and JSON
//	                                      ▼
//	                  Issuer     whose name is the token's iss: the local one, or a remote one
//	                                      ▼
//	                  keyring    the issuer's key called kid; fetched by discovery and JWKS when it is time
//	                                      ▼
//	                  signature  by the algorithm that belongs to the key, never by the one that the token names
//	                                      ▼
//	                  claims     audience, times, tenant, object id, user or application ──► Principal
//
// Nothing in a token is believed before its signature is verified. Until then iss, tid and kid do no more than choose the
// key, which must then have signed them; and what already shows that a token cannot be good only picks the refusal.
//
// The rules come from RFC 7519 (JWT), RFC 8725 (JWT best current practice), RFC 6750 (bearer tokens), OpenID Connect
// Discovery 1.0, and the page "Access tokens in the Microsoft identity platform" of the Entra documentation, here
// called Entra's access token page (https://learn.microsoft.com/entra/identity-platform/access-tokens).
package auth
