// Package oidc owns the proof that the built program works with identity providers that nobody here wrote: Keycloak, and
// npm's oidc-provider. It leaves alone tokens that no provider makes, which handlers/auth refuses in its own tests, and
// how people sign in on the week page, which contract/pages tests.
//
// The script run installs the providers and runs the tests. Without it they are skipped.
package oidc
