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
	var text [len(`W/""`) + opaqueTagLength]byte
	return string(append(appendOpaqueTag(append(text[:0], `W/"`...), revision), '"'))
}

// opaqueTagLength is the length of eight octets as base64url.
const opaqueTagLength = 11

// appendOpaqueTag appends the entity tag of a revision without its frame.
func appendOpaqueTag(text []byte, revision store.Revision) []byte {
	var octets [8]byte
	binary.BigEndian.PutUint64(octets[:], uint64(revision))
	return base64.RawURLEncoding.AppendEncode(text, octets[:])
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
	var text [opaqueTagLength]byte
	tag := string(appendOpaqueTag(text[:0], revision))
	// A tag has no quote in it, so the text between two quotes is a tag or a comma.
	isTag := false
	for part := range strings.SplitSeq(list, `"`) {
		if isTag && part == tag {
			return true
		}
		isTag = !isTag
	}
	return false
}

// IsAny reports whether a list of entity tags is *.
func IsAny(list string) bool { return strings.Trim(list, " \t") == "*" }
