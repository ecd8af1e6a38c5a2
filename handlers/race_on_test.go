//go:build race

package handlers_test

// slower multiplies the time budgets under the race detector; rounds is how often each attack is tried.
// sample divides how often concurrent tests repeat themselves: what races shows in the first rounds.
const (
	slower = 20
	rounds = 3
	sample = 10
)
