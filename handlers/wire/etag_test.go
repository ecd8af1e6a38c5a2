package wire_test

import (
	"strings"
	"testing"

	"afterhours/contract/bounded"
	"afterhours/handlers/wire"
	"afterhours/store"
)

func TestListedEntityTag(t *testing.T) {
	revision := store.Revision(0x0123456789abcdef)
	tag := wire.EntityTag(revision)
	for list, want := range map[string]bool{
		tag: true, strings.TrimPrefix(tag, "W/"): true, ` "a" , ` + tag: true, `"a","b"`: false, "*": true, " * ": true,
		`"a, ` + strings.Trim(tag, `W/"`) + `"`: false, `""`: false, `"` + tag[3:]: true,
	} {
		if wire.Listed(list, revision) != want {
			t.Errorf("%s: want %v", list, want)
		}
		if wire.Listed(list, store.NoRevision) {
			t.Errorf("%s matches a missing statistic", list)
		}
	}
}

// FuzzEntityTagList checks that a tag appended to any list is found, and that a tag that the list does
// not have is not found.
func FuzzEntityTagList(f *testing.F) {
	f.Add(`"a", W/"b"`)
	f.Add(`"`)
	f.Fuzz(func(t *testing.T, list string) {
		defer bounded.Input(t)()
		const revision = store.Revision(42)
		opaque := strings.Trim(wire.EntityTag(revision), `W/"`)
		if !strings.Contains(list, opaque) && strings.Trim(list, " \t") != "*" && wire.Listed(list, revision) {
			t.Errorf("%q is said to hold %s", list, wire.EntityTag(revision))
		}
		if strings.Count(list, `"`)%2 == 0 && strings.Trim(list, " \t") != "*" && !wire.Listed(list+","+wire.EntityTag(revision), revision) {
			t.Errorf("%q hides the tag after it", list)
		}
	})
}
