package spec

import (
	"net/url"
	"strings"

	"afterhours/handlers/odata"
)

// keyName is the name of the key of each entity type, in lower case.
const keyName = "id"

// cutKey splits name('key') and name(id='key'). The name of the key may be in any case. A quote within
// the key is doubled. The key is "" if the segment has no such key.
func cutKey(segment string) (name, key string) {
	name, inside := cutParentheses(segment)
	literal := withoutKeyName(inside)
	if name == "" || len(literal) < 3 || literal[0] != '\'' || literal[len(literal)-1] != '\'' {
		return segment, ""
	}
	literal = literal[1 : len(literal)-1]
	if strings.Contains(strings.ReplaceAll(literal, "''", ""), "',") { // a second key follows
		return segment, ""
	}
	return name, strings.ReplaceAll(literal, "''", "'")
}

// cutParentheses splits name(inside), and returns "" for both if the segment has another form.
func cutParentheses(segment string) (name, inside string) {
	name, rest, _ := strings.Cut(segment, "(")
	inside, closed := strings.CutSuffix(rest, ")")
	if !closed {
		return "", ""
	}
	return name, inside
}

// withoutKeyName returns the text after id=, or the whole text without it.
func withoutKeyName(inside string) string {
	if name, value, found := strings.Cut(inside, "="); found && strings.EqualFold(name, keyName) {
		return value
	}
	return inside
}

// WithKeys returns an escaped path in which each parameter alias in place of a key, as in
// activityStatistics(@k) and activityStatistics(id=@k), is replaced by its value (OData URL 5.3.2). An
// alias that has no text as its value stays: the router answers 404.
func (c *Contract) WithKeys(escaped string, aliases odata.Aliases) string {
	if len(aliases) == 0 {
		return escaped
	}
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			continue
		}
		name, inside := cutParentheses(decoded)
		value := aliases[withoutKeyName(inside)]
		if c.takesKey(name) && strings.HasPrefix(value, "'") {
			segments[i] = url.PathEscape(name + "(" + value + ")")
		}
	}
	return strings.Join(segments, "/")
}

// takesKey reports whether a key in parentheses may follow the name of a path segment.
func (c *Contract) takesKey(name string) bool {
	return c.isKeyed(c.name(name)) || c.TypeInURL(name) != nil
}

// KeyAdvice returns what to do about the first key in parentheses of a decoded path that cannot be read
// as a key, and the right spelling. Both are "" if there is none.
func (c *Contract) KeyAdvice(path string) (advice, spelling string) {
	for segment := range strings.SplitSeq(path, "/") {
		name, inside := cutParentheses(segment)
		key := withoutKeyName(inside)
		bare := strings.Trim(key, `"'`)
		_, isRead := cutKey(segment)
		switch name = c.name(name); {
		case bare == "" || isRead != "" || !c.isKeyed(name):
			continue
		case IsAlias(key):
			return "Give the key a text in the query:", "?" + key + "='...'"
		case strings.Contains(key, "=") || strings.Contains(key, "','"):
			return "A key is the " + keyName + " alone:", name + "(" + keyName + "='...')"
		}
		return "Put a key in parentheses in single quotes:", name + "('" + strings.ReplaceAll(bare, "'", "''") + "')"
	}
	return "", ""
}
