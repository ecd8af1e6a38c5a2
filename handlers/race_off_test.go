//go:build !race

package handlers_test

const (
	slower = 1
	rounds = 20
	sample = 1
)
