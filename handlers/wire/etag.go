package wire

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"afterhours/store"
)

// EntityTag returns the entity tag of a revision. It is weak, since it stands for the statistic
// and not for one representation of it (OData 8.3.1).
func EntityTag(revision store.Revision) string {
	return `W/"` + opaqueTag(revision) + `"`
}

func opaqueTag(revision store.Revision) string {
	var octets [8]byte
	binary.BigEndian.PutUint64(octets[:], uint64(revision))
	return base64.RawURLEncoding.EncodeToString(octets[:])
}

// Listed reports whether a list of entity tags has the revision's tag, compared weakly (RFC 9110,
// 8.8.3.2), or is *, which matches any stored revision.
func Listed(list string, revision store.Revision) bool {
	if revision == store.NoRevision {
		return false
	}
	if IsAny(list) {
		return true
	}
	// A tag has no quote in it, so the text between two quotes is a tag or a comma.
	for i, part := range strings.Split(list, `"`) {
		if i%2 == 1 && part == opaqueTag(revision) {
			return true
		}
	}
	return false
}

// IsAny reports whether a list of entity tags is *.
func IsAny(list string) bool { return strings.Trim(list, " \t") == "*" }
