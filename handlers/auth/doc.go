// Package auth verifies the bearer token of a request and returns the caller as a [Principal].
//
// It leaves two things to package handlers: what the caller may do (the contract names the scopes and roles), and how a
// refusal is written (the 401, the 503 and their headers).
//
//	Authorization header
//	   │ BearerToken
//	   ▼
//	token text ──► Verifier.Verify ──► verified before, with keys that are still current? ──yes──► Principal
//	                                      │ no
//	                                      ▼
//	                  parse      three parts, at most 16 KiB, strict base64url and JSON
//	                                      ▼
//	                  Issuer     the one named by the token's iss: the local one, or a remote one
//	                                      ▼
//	                  keyring    the issuer's key called kid; fetched by discovery and JWKS if it is time
//	                                      ▼
//	                  signature  by the key's own algorithm, never by the one that the token names
//	                                      ▼
//	                  claims     audience, times, tenant, object id, user or application ──► Principal
//
// Nothing in a token is believed before its signature is verified. Until then iss, tid and kid only choose the key, and
// that key must have signed them. A fault found before the signature only decides the text of the refusal.
//
// The rules come from RFC 7519 (JWT), RFC 8725 (JWT best current practice), RFC 6750 (bearer tokens), OpenID Connect
// Discovery 1.0, and the page "Access tokens in the Microsoft identity platform" of the Entra documentation
// (https://learn.microsoft.com/entra/identity-platform/access-tokens). Comments call it Entra's access token page.
package auth
