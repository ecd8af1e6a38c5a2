//go:build tools

// This file pins the generators that go generate runs; gen/generate.go says how.
package main

import _ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
