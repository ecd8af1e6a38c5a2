package postgrestest_test

import (
	"testing"

	"afterhours/store/postgres/postgrestest"
)

// TestAddress checks that two tests get schemas of their own.
func TestAddress(t *testing.T) {
	first, second := postgrestest.Address(t), postgrestest.Address(t)
	for _, address := range []string{first, second} {
		postgrestest.Run(t, address, "CREATE TABLE mine (id INTEGER)") // fails if it exists
	}
	if first == second {
		t.Errorf("both addresses are %s", first)
	}
}
