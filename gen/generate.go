// Package gen owns the Go code that is generated from the contract, openapi.yaml: the models,
// the routes and the binding of parameters. It leaves alone what the operations do (handlers).
//
// Nothing in *.gen.go is written by hand. To change it, change openapi.yaml (or overlay.yaml, for
// what only Go needs), then run go generate ./...
//
// wrappers.tmpl replaces the generator's own template of the functions that bind parameters. The generator's
// functions parse the query again for each option, and bind each value by reflection, also an absent one. These parse the
// query once, and only if there is one: a list made 32 allocations there, now 5, and the file is less than half as long. The
// template knows the parameters that the contract has: paths and headers that are texts, and any query options.
//
// imports.tmpl replaces the imports of the types, so that nullable is the package of that name here.
package gen

//go:generate go tool oapi-codegen -config types.yaml -o types.gen.go ../openapi.yaml
//go:generate go tool oapi-codegen -config server.yaml -o server.gen.go ../openapi.yaml
