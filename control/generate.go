// Package control owns the Go code that is generated from the control contract, control.yaml, by which
// tests steer a server: the models, the routes and the binding of parameters. It leaves alone what the
// operations do (handlers/control).
//
// Nothing in *.gen.go is written by hand. To change it, change control.yaml (or overlay.yaml, for
// what only Go needs), then run go generate ./...
package control

import _ "embed"

//go:generate go tool oapi-codegen -config types.yaml -o types.gen.go control.yaml
//go:generate go tool oapi-codegen -config server.yaml -o server.gen.go control.yaml

// Contract is the text of control.yaml. The server enforces it.
//
//go:embed control.yaml
var Contract []byte
