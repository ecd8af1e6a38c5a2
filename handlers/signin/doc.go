// Package signin owns how a client signs in as with Entra ID: the endpoints of OAuth 2.0 and OpenID
// Connect, at the paths and with the errors that Entra's libraries expect. It leaves alone who signs
// tokens (auth), what a token permits (the contract) and how a request is routed and logged (handlers).
//
//	tenant.go, users.go, clients.go   who there is
//	discovery.go                      what a library reads before it signs in
//	token.go                          the token endpoint: one function for each grant
//	scope.go, claims.go               what a client asks for
//	mint.go, refresh.go               the tokens that a grant leads to
//	codes.go, device.go               codes that wait to be redeemed
//	authorize.go, device_page.go      the pages on which a person picks a user
//	redirect.go                       how a browser gets back to its client
//	errors.go                         Entra's shape of errors
//
// It is for tests: nobody proves who they are. A client that is not registered needs any secret, and a
// user any password. So no token of it opens the control API, and the server has it only with --control.
//
// The rules come from RFC 6749 (OAuth 2.0), RFC 7636 (PKCE), RFC 8628 (device codes), RFC 8252 (loopback
// redirects) and OpenID Connect Core 1.0; the shapes from the pages of the Microsoft identity platform
// and from the sources of Microsoft's authentication libraries (MSAL).
package signin
