//go:build !race

package handlers_test

const slower = 1
