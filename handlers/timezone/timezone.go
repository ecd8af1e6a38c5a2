// Package timezone owns the names of time zones: those of IANA, and those of Windows, which mailboxes use.
// It leaves alone their offsets.
//
// The names are files here and not the machine's time zones, so that every server knows the same ones.
package timezone

import (
	_ "embed"
	"strings"

	"afterhours/handlers/suggest"
)

// iana are the names of IANA's database as Go has it (lib/time/zoneinfo.zip), except Factory, which is
// the name of no place.
//
//go:embed iana.txt
var iana string

// windows are the names of Windows in CLDR's windowsZones, and two old ones that it leaves out: those of
// Kamchatka and the Mid-Atlantic.
//
//go:embed windows.txt
var windows string

// names has every name, and known the same in lower case.
var names, known = func() ([]string, map[string]bool) {
	list := append(strings.Fields(iana), strings.Split(strings.TrimSpace(windows), "\n")...)
	set := make(map[string]bool, len(list))
	for _, name := range list {
		set[strings.ToLower(name)] = true
	}
	return list, set
}()

// Known reports whether IANA or Windows has a time zone of the name, in any case.
func Known(name string) bool { return known[strings.ToLower(name)] }

// Nearest returns the time zone that is nearest to a mistyped one, "" if none is near.
func Nearest(mistyped string) string { return suggest.Nearest(mistyped, names) }
