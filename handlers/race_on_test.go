//go:build race

package handlers_test

// slower is by how much the race detector makes time budgets longer.
const slower = 10
