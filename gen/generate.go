// Package gen owns the Go code that is generated from the contract, openapi.yaml: the models,
// the routes and the binding of parameters. It leaves alone what the operations do (handlers).
//
// Nothing in *.gen.go is written by hand. To change it, change openapi.yaml (or overlay.yaml, for
// what only Go needs), then run go generate ./...
package gen

//go:generate go tool oapi-codegen -config types.yaml -o types.gen.go ../openapi.yaml
//go:generate go tool oapi-codegen -config server.yaml -o server.gen.go ../openapi.yaml
