package wire

import (
	"regexp"
	"strconv"
)

// Version is a version of OData, as the header OData-Version has it.
type Version string

// The versions that the server knows. In 4.0, which is Graph's and the default, the names of control
// information begin with odata., as @odata.type has it. In 4.01 they do not: @type (OData JSON 4.6).
const (
	Version40  Version = "4.0"
	Version401 Version = "4.01"
)

// versionForm is the form of OData-Version and OData-MaxVersion: digits, a dot, digits.
var versionForm = regexp.MustCompile(`^[0-9]{1,9}\.[0-9]{1,9}$`)

// VersionUpTo returns the greatest version that is not above the value of OData-MaxVersion, 4.0 for ""
// (OData Protocol 8.2.7). It is false if there is none, or if the value is no version.
func VersionUpTo(most string) (Version, bool) {
	if most == "" {
		return Version40, true
	}
	number, err := strconv.ParseFloat(most, 64)
	switch {
	case err != nil || !versionForm.MatchString(most) || number < 4:
		return Version40, false
	case number < 4.01:
		return Version40, true
	}
	return Version401, true
}
