package spec

import (
	"strings"

	"afterhours/handlers/suggest"
)

// Mistyped returns the first segment of a decoded path that is mistyped, and the one that is meant. Both
// are "" if no names that are near make it a path of the contract.
func (c *Contract) Mistyped(path string) (segment, meant string) {
	given := []string{""} // as strings.Split has it before the first slash
	for one := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		name, key := cutKey(one)
		if given = append(given, name); key != "" {
			given = append(given, key)
		}
	}
	var bases []string
	for _, base := range c.Bases {
		bases = append(bases, base[1:])
	}
	base := suggest.Nearest(given[1], bases)
	first, least := -1, len(given)
	var nearest template
	given[1], segment = "", given[1] // a path of the contract begins after the base
	for _, template := range c.templates {
		if at, count, ok := template.firstMistyped(given[1:]); ok && count < least {
			first, least, nearest = at, count, template
		}
	}
	switch {
	case base == "" || least == len(given):
		return "", ""
	case base != segment:
		return segment, base
	case first < 0:
		return "", ""
	}
	return given[1+first], nearest.segments[first]
}

// firstMistyped compares a path with the template. It returns the index of the first mistyped segment,
// -1 for none, how many there are, and whether all of them are near the template's.
func (t *template) firstMistyped(given []string) (first, count int, ok bool) {
	first = -1
	if len(t.segments) != len(given) {
		return first, 0, false
	}
	for i, segment := range t.segments {
		switch {
		case segment == given[i], strings.HasPrefix(segment, "{") && !strings.HasPrefix(given[i], "$"):
			continue
		case strings.HasPrefix(segment, "{"), suggest.Nearest(given[i], []string{segment}) == "":
			return first, 0, false
		case first < 0:
			first = i
		}
		count++
	}
	return first, count, true
}
