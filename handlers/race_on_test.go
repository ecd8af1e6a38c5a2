//go:build race

package handlers_test

// slower is by how much the race detector makes time budgets longer, rounds how often each
// attack is tried.
const (
	slower = 20
	rounds = 3
)
