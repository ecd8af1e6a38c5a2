// Package gen owns the Go code that is generated from the contract, openapi.yaml: the server's
// routes and stubs, the models, a client and the contract itself. It leaves alone what the
// operations do (handlers).
//
// Nothing in api.gen.go is written by hand: change openapi.yaml (or overlay.yaml, for what only
// Go needs), then run go generate ./...
package gen

//go:generate go tool oapi-codegen -config config.yaml -o api.gen.go ../openapi.yaml
