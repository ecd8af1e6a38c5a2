package operations

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store"
)

// A token of change tracking is base64url of a version, and of numbers as binary.AppendVarint writes
// them: the sum of the options, and then those of a mark (in $deltatoken) or of a span (in $skiptoken).
// A token holds no secret: marks are of one owner, and the owner stands in the path. Only this file knows its
// form.

const (
	deltaTokenVersion = 1
	// latestToken is the $deltatoken that asks for changes from now on, as in Graph.
	latestToken = "latest"
)

// optionsSum returns a sum of the options that must not change from link to link.
func optionsSum(req *Request, options gen.DeltaUserStatisticsParams) int64 {
	text := req.castSegment()
	for _, option := range []*string{options.Filter, options.Select} {
		text += "\x00"
		if option != nil {
			text += *option
		}
	}
	for _, name := range slices.Sorted(maps.Keys(req.Aliases)) {
		text += "\x00" + name + "\x00" + req.Aliases[name]
	}
	return int64(crc32.ChecksumIEEE([]byte(text)))
}

// deltaToken returns the $deltatoken of a mark.
func deltaToken(sum int64, mark store.Mark) string {
	return encodeNumbers(sum, mark.Number, mark.Stamp)
}

// deltaSkipToken returns the $skiptoken of the page that begins after span.After.
func deltaSkipToken(sum int64, span store.Span) string {
	return encodeNumbers(sum, span.Since.Number, span.Since.Stamp, span.Until.Number, span.Until.Stamp, span.After)
}

func encodeNumbers(numbers ...int64) string {
	text := []byte{deltaTokenVersion}
	for _, number := range numbers {
		text = binary.AppendVarint(text, number)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// decodeNumbers reads a token of so many numbers, the first of which is the sum. The error is a 400.
func decodeNumbers(option, token string, sum int64, count int) ([]int64, error) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	var numbers []int64
	if err == nil && len(text) > 0 && text[0] == deltaTokenVersion {
		for text = text[1:]; len(text) > 0; {
			number, size := binary.Varint(text)
			if size <= 0 {
				break
			}
			numbers, text = append(numbers, number), text[size:]
		}
	}
	if len(numbers) != count || len(text) > 0 {
		return nil, problem.Invalid(problem.Fault(gen.InvalidValue, option,
			"'%s' is '%s'; it must be one of this server's: take the whole link as it is.", option, problem.Shown(token)))
	}
	if numbers[0] != sum {
		return nil, problem.Invalid(problem.Fault(gen.InvalidValue, option,
			"'%s' is of a link with another $filter, $select or type in its path: take the whole link as it is, or begin without '%s'.", option, option))
	}
	return numbers[1:], nil
}

// spanOf reads the tokens of the options. Without one, the span is from the beginning. Its Until is the zero Mark
// unless a $skiptoken names it.
func spanOf(sum int64, options gen.DeltaUserStatisticsParams) (span store.Span, err error) {
	switch {
	case options.Skiptoken != nil && options.Deltatoken != nil:
		return span, problem.Invalid(problem.Fault(gen.InvalidValue, "$deltatoken", "Send '$skiptoken' or '$deltatoken', not both: take the whole link as it is."))
	case options.Skiptoken != nil:
		numbers, err := decodeNumbers("$skiptoken", *options.Skiptoken, sum, 6)
		if err == nil {
			span = store.Span{Since: store.Mark{Number: numbers[0], Stamp: numbers[1]}, Until: store.Mark{Number: numbers[2], Stamp: numbers[3]}, After: numbers[4]}
		}
		return span, err
	case options.Deltatoken != nil && *options.Deltatoken != latestToken:
		numbers, err := decodeNumbers("$deltatoken", *options.Deltatoken, sum, 3)
		if err == nil {
			span.Since = store.Mark{Number: numbers[0], Stamp: numbers[1]}
		}
		return span, err
	}
	return span, nil
}
