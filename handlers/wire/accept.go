package wire

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// Format is how a response may be written: a media type with the parameters that OData defines for it.
type Format struct {
	// Media is the media type, as application/json.
	Media string
	// Level is minimal if nothing else is asked for.
	Level MetadataLevel
	// IEEE754 writes Edm.Int64 as text, for clients whose numbers have 53 bits (OData JSON 3.2).
	IEEE754 bool
	// Charset is true if the encoding is named. It is UTF-8 in any case.
	Charset bool
}

// mediaRange is an element of Accept.
type mediaRange struct {
	// name is a media type, type/* or */*.
	name       string
	parameters map[string]string
	weight     float64
}

// Accepted returns the format that an Accept header asks for, out of the media types that there are (RFC 9110,
// 12.5.1). The weight decides, then the order of the media types, then that of the header. "" accepts the first
// media type. It is false if Accept excludes all. A media type with an unknown parameter accepts nothing
// (OData Protocol 8.2.1).
func Accepted(accept string, offered []string) (Format, bool) {
	// Most clients send one of these. Each accepts the first media type, and is not parsed.
	if accept == offered[0] || accept == "*/*" || strings.Trim(accept, " \t,") == "" {
		return Format{Media: offered[0], Level: MetadataMinimal}, true
	}
	var ranges []mediaRange
	for _, text := range SplitList(accept) {
		if one, ok := parseRange(text); ok {
			ranges = append(ranges, one)
		}
	}
	var best Format
	most := 0.0
	for _, media := range offered {
		if format, weight := acceptedOf(media, ranges); weight > most {
			best, most = format, weight
		}
	}
	return best, most > 0
}

// acceptedOf returns the format of the media type that the ranges ask for, and its weight, 0 if they exclude it.
// A range with the media type counts before type/*, and this before */*.
func acceptedOf(media string, ranges []mediaRange) (best Format, weight float64) {
	kind, _, _ := strings.Cut(media, "/")
	for _, name := range []string{media, kind + "/*", "*/*"} {
		named := false
		for _, one := range ranges {
			if one.name != name {
				continue
			}
			format, ok := formatOf(media, one.parameters)
			if !ok {
				continue
			}
			named = named || format.Level == MetadataMinimal && !format.IEEE754 // q=0 of another form leaves this one
			if one.weight > weight {
				best, weight = format, one.weight
			}
		}
		if named || weight > 0 {
			return best, weight
		}
	}
	return Format{}, 0
}

// parseRange reads an element of Accept. It is false for one that cannot be read.
func parseRange(text string) (mediaRange, bool) {
	name, parameters, err := mime.ParseMediaType(text)
	if err != nil {
		return mediaRange{}, false
	}
	one := mediaRange{name, parameters, 1}
	if name == "*" { // as old Java clients write it
		one.name = "*/*"
	}
	if weight, given := parameters["q"]; given {
		delete(parameters, "q")
		one.weight, err = strconv.ParseFloat(weight, 64)
	}
	return one, err == nil && one.weight >= 0 && one.weight <= 1
}

// FormatOption returns the format that $format asks for, out of the media types that there are (OData URL,
// System Query Option $format). The value is a media type, or its part after the slash: json, xml. It is false for any other value.
func FormatOption(value string, offered []string) (Format, bool) {
	media, parameters, err := mime.ParseMediaType(value)
	if err != nil {
		return Format{}, false
	}
	if !strings.Contains(media, "/") {
		media = "application/" + media
	}
	if !slices.Contains(offered, media) {
		return Format{}, false
	}
	return formatOf(media, parameters)
}

// formatOf returns the format of a media type with parameters. It is false if one of them is unknown, or if its
// value is none that the server has.
func formatOf(media string, parameters map[string]string) (Format, bool) {
	format := Format{Media: media, Level: MetadataMinimal}
	for name, value := range parameters {
		value = strings.ToLower(value)
		if name == "charset" {
			if format.Charset = true; value != "utf-8" && value != "utf8" {
				return format, false
			}
			continue
		}
		if media == "multipart/mixed" && name == "boundary" {
			continue // the server chooses it
		}
		short, isPrefixed := strings.CutPrefix(name, "odata.")
		_, isTwice := parameters[short]
		if media != "application/json" || isPrefixed && isTwice || !format.set(short, value) {
			return format, false
		}
	}
	return format, true
}

// set takes a parameter of JSON; with or without the prefix odata., it is the same one (OData JSON 3.1). It is false
// if there is no such parameter or value.
func (f *Format) set(name, value string) bool {
	isBoolean := value == "true" || value == "false"
	switch name {
	case "metadata":
		f.Level = MetadataLevel(value)
		return f.Level == MetadataNone || f.Level == MetadataMinimal || f.Level == MetadataFull
	case "ieee754compatible":
		f.IEEE754 = value == "true"
		return isBoolean
	case "streaming", "exponentialdecimals": // the response is a stream in any case, and needs no exponent
		return isBoolean
	}
	return false
}
