package edm_test

import "regexp"

// The grammars as regular expressions, written apart from the parsers to check them.
var (
	durationGrammar = regexp.MustCompile(`^-?P([0-9]+D$|([0-9]+D)?T([0-9]+H([0-9]+M)?(` + seconds + `)?|[0-9]+M(` + seconds + `)?|` + seconds + `)$)`)
	dateGrammar     = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)
)

// seconds has at most seven decimals that are not zeros at the end.
const seconds = `[0-9]+(?:\.[0-9]{1,7}0*)?S`
