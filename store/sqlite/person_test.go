package sqlite

import (
	"strings"
	"testing"
)

// TestPeoplePlans checks that Person and People find the aliases of a user by an index, in the order of the users: a tenant may
// have an alias for each of its users.
func TestPeoplePlans(t *testing.T) {
	s := opened(t, t.TempDir())
	const index = "aliases USING COVERING INDEX aliases_user (tenant_id=? AND user_id"
	for statement, args := range map[string][]any{getPerson: {"t", "u"}, getPeople: {"t", "u", 71}} {
		plan := strings.Join(planOfStatement(t, s, statement, args...), "\n")
		if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN aliases") {
			t.Errorf("%s has the plan\n%s\nwant %s", statement, plan, index)
		}
	}
}
