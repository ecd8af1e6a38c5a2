// Package client owns the client of the control contract (control/control.yaml), by which the kit steers
// a server. It is generated; to change it, change the contract and run go generate ./...
package client

//go:generate go tool oapi-codegen -config control.yaml -o control.gen.go ../../../../control/control.yaml
