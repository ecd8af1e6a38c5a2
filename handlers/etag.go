package handlers

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"afterhours/store"
)

// entityTag returns the weak entity tag of a revision: weak, since it stands for
// the statistic and not for one representation of it (OData 8.3.1).
func entityTag(revision store.Revision) string {
	return `W/"` + opaqueTag(revision) + `"`
}

func opaqueTag(revision store.Revision) string {
	var octets [8]byte
	binary.BigEndian.PutUint64(octets[:], uint64(revision))
	return base64.RawURLEncoding.EncodeToString(octets[:])
}

// precondition is the If-Match and If-None-Match of a request, nil where absent.
// Their form is the contract's (schema entityTagList).
type precondition struct {
	match, noneMatch *string
}

// check returns nil if a write may go on from the stored revision, NoRevision
// where nothing is stored; the order is that of RFC 9110, section 13.2.2.
func (p precondition) check(stored store.Revision) error {
	if err := p.checkMatch(stored); err != nil {
		return err
	}
	if p.unmodified(stored) {
		return refuse(errPrecondition, "If-None-Match", "The statistic exists, with an entity tag that was to be absent.")
	}
	return nil
}

// checkUntagged returns nil if a write may go on of what is there and has no entity
// tag: only * matches it.
func (p precondition) checkUntagged() error {
	if p.match != nil && !isAny(*p.match) {
		return refuse(errPrecondition, "If-Match", "This has no entity tag that could match: send * or leave If-Match out.")
	}
	if p.noneMatch != nil && isAny(*p.noneMatch) {
		return refuse(errPrecondition, "If-None-Match", "This is there, and was to be absent.")
	}
	return nil
}

// checkMatch returns nil if If-Match is absent or met.
func (p precondition) checkMatch(stored store.Revision) error {
	switch {
	case p.match == nil || listed(*p.match, stored):
		return nil
	case stored == store.NoRevision:
		return refuse(errPrecondition, "If-Match", "There is no statistic here whose entity tag could match.")
	}
	return refuse(errPrecondition, "If-Match",
		"The statistic has another entity tag, as it was changed since: read it again and send the tag that you get.")
}

// unmodified says whether If-None-Match lists the stored revision: a reader has it
// already (304).
func (p precondition) unmodified(stored store.Revision) bool {
	return p.noneMatch != nil && listed(*p.noneMatch, stored)
}

// listed says whether a list of entity tags holds the revision's, compared weakly
// (RFC 9110, 8.8.3.2), or is *, which any stored revision matches.
func listed(list string, revision store.Revision) bool {
	if revision == store.NoRevision {
		return false
	}
	if isAny(list) {
		return true
	}
	// A tag holds no quote, so what stands between two quotes is a tag or a comma.
	for i, part := range strings.Split(list, `"`) {
		if i%2 == 1 && part == opaqueTag(revision) {
			return true
		}
	}
	return false
}

// isAny says whether a list of entity tags is *, for any.
func isAny(list string) bool { return strings.Trim(list, " \t") == "*" }
