package problem

import (
	"encoding/json"
	"strings"
)

// The requirements of Policy. The name of that of a licence is Graph's; the other two are ours.
const (
	RequireLicense     = "UserRequireAdvancedMyALicense"
	RequireMailbox     = "UserRequireGraphMailbox"
	RequireNotOptedOut = "UserRequireNotOptedOut"
)

// Policy returns the problem of a user who does not meet requirements. Its odd form, an error within the
// message, was seen in Graph's responses.
func Policy(unmet ...string) *Problem {
	type detail struct{ Code, Message string }
	text, _ := json.Marshal(struct { // strings alone always marshal
		Code, Message, Target string
		Details               []detail
	}{
		"Forbidden", "Access to the requested resource is forbidden.", "ReadUserAnalyticsV2",
		[]detail{{"PolicyNotSatisfied", "The following authorization requirements are not satisfied: " + strings.Join(unmet, ", ") + "."}},
	})
	return Refuse(ErrPolicy, "", "%s", text)
}
