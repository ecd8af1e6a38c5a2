package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"afterhours/store/cassandra"
	"afterhours/store/cassandra/cassandratest"
)

// TestGroupsOverCassandra checks that an atomicity group of one user is made whole, and that one of two users is
// refused whole, with words that say what to do.
func TestGroupsOverCassandra(t *testing.T) {
	opened, err := cassandra.Open(t.Context(), cassandratest.Address(t))
	if err != nil {
		t.Fatal(err)
	}
	ts := newTestServer(t, opened)
	token := ts.appToken("Analytics.ReadWrite.All")
	create := func(id, user string) string {
		return fmt.Sprintf(`{"id":%q,"atomicityGroup":"g","method":"POST","url":"/users/%s/analytics/activityStatistics","body":{%s,"id":%q}}`, id, user, callType, id)
	}
	if got := ts.batch(token, create("a", megan), create("b", megan)); statusesOf(got) != "201 201" {
		t.Errorf("of one user: %+v", got)
	}
	got := ts.batch(token, create("c", megan), create("d", lee))
	if statusesOf(got) != "400 400" || !strings.Contains(got[0].Body.Error.Message+got[1].Body.Error.Message, "send one for each user") {
		t.Errorf("of two users: %+v", got)
	}
	for _, user := range []string{megan, lee} {
		count := ts.do(call{method: "GET", path: "/beta/users/" + user + "/analytics/activityStatistics/$count", token: token}).text
		if want := map[string]string{megan: "2", lee: "0"}[user]; count != want {
			t.Errorf("%s has %s statistics; want %s", user, count, want)
		}
	}
}
