//go:build race

package handlers_test

// slower multiplies the time budgets under the race detector; rounds is how often each attack is tried.
const (
	slower = 20
	rounds = 3
)
