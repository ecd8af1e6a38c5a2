package input

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
	"afterhours/handlers/wire"
)

// The headers of OData in a request, spelt as package http keeps them.
const (
	VersionHeader    = "Odata-Version"
	MaxVersionHeader = "Odata-Maxversion"
	isolationHeader  = "Odata-Isolation"
)

// Line returns the first line of a header, "" without one. The name must be spelt as package http keeps it. Header.Get
// would spell each name anew, which takes three times as long as to find it.
func Line(header http.Header, name string) string {
	if lines := header[name]; len(lines) > 0 {
		return lines[0]
	}
	return ""
}

// CheckProtocol returns a problem if the request asks for what the server does not have of OData: a version (OData
// Protocol 8.1.5, 8.2.7), or isolation (8.2.6).
func CheckProtocol(header http.Header) error {
	var faults []gen.ErrorDetail
	if version := Line(header, VersionHeader); version != "" && !slices.Contains(versions, wire.Version(version)) {
		faults = append(faults, mustBe("OData-Version", version, "4.0 or 4.01, or be left out"))
	}
	most := Line(header, MaxVersionHeader)
	if _, ok := wire.VersionUpTo(most); !ok {
		faults = append(faults, mustBe("OData-MaxVersion", most, "a version from 4.0 on, such as 4.01, or be left out"))
	}
	name := "Isolation" // of 4.01
	isolation := Line(header, name)
	if isolation == "" {
		name, isolation = "OData-Isolation", Line(header, isolationHeader)
	}
	if isolation != "" && !strings.EqualFold(isolation, "snapshot") {
		faults = append(faults, mustBe(name, isolation, "left out"))
	}
	switch {
	case len(faults) > 0:
		return problem.Invalid(faults...)
	case isolation != "":
		return problem.Refuse(problem.ErrPrecondition, name,
			"'%s' is '%s', and the server cannot isolate a request from the writes of others: leave it out.", name, problem.Shown(isolation))
	}
	return nil
}

// versions are those that OData-Version may have.
var versions = []wire.Version{wire.Version40, wire.Version401}

// bodyVersion returns the version of OData in which the request's body is written (OData Protocol 8.1.5). Without
// OData-Version it is the one that the response has.
func bodyVersion(header http.Header) wire.Version {
	if version := Line(header, VersionHeader); version != "" {
		return wire.Version(version)
	}
	version, _ := wire.VersionUpTo(Line(header, MaxVersionHeader))
	return version
}

// Negotiate returns the format of the response that $format or else Accept asks for. The problem is a 406 if the
// operation has none of what they ask for. An operation without a body accepts everything.
func Negotiate(r *http.Request, op *spec.Operation) (wire.Format, error) {
	if len(op.Produces) == 0 {
		return wire.Format{Level: wire.MetadataMinimal}, nil
	}
	if asked := Format(r.URL.RawQuery); asked != "" {
		offered := op.Produces
		if slices.ContainsFunc(offered, isApplication) {
			offered = slices.DeleteFunc(slices.Clone(offered), func(media string) bool { return !isApplication(media) })
		}
		format, ok := wire.FormatOption(asked, offered)
		if !ok {
			return format, problem.Refuse(problem.ErrFormat, FormatOption, "'%s' is '%s'; it must be %s, as in %s=%s.",
				FormatOption, problem.Shown(asked), formatNames(offered), FormatOption, strings.TrimPrefix(offered[0], applicationKind))
		}
		return format, nil
	}
	accept := Line(r.Header, "Accept")
	format, ok := wire.Accepted(accept, inKind(r, op.Produces))
	if !ok && isCount(op) {
		_, ok = wire.Accepted(accept, []string{"application/json"})
		format = wire.Format{Media: op.Produces[0], Level: wire.MetadataMinimal}
	}
	if !ok {
		return format, problem.Refuse(problem.ErrFormat, "Accept", "'Accept' is '%s', which excludes the response: it is %s. Accept that, or leave Accept out.%s",
			problem.Shown(accept), strings.Join(op.Produces, " or "), parameterAdvice(op.Produces))
	}
	return format, nil
}

// applicationKind is how the media types begin that $format can ask for if there is one: a bare value is text alone.
const applicationKind = "application/"

func isApplication(media string) bool { return strings.HasPrefix(media, applicationKind) }

// inKind returns the media types with that of the request's body as the first one: a batch is answered in kind (OData
// Protocol 11.7.1).
func inKind(r *http.Request, produced []string) []string {
	if len(produced) == 1 {
		return produced
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	at := slices.Index(produced, media)
	if err != nil || at < 1 {
		return produced
	}
	return slices.Concat([]string{media}, produced[:at], produced[at+1:])
}

// parameterAdvice returns a sentence that names the parameters of JSON, "" if the response is not JSON.
func parameterAdvice(media []string) string {
	if !slices.Contains(media, "application/json") {
		return ""
	}
	return " Parameters of JSON are odata.metadata, odata.streaming, IEEE754Compatible, ExponentialDecimals and charset=utf-8; no format has any other."
}

// isCount reports whether the response is a bare number. OData has no negotiation of its format (URL 4.8), and clients
// such as UI5 ask for JSON everywhere.
func isCount(op *spec.Operation) bool { return strings.HasSuffix(op.Route.Path, "/$count") }

// formatNames returns the values that $format may have for the media types.
func formatNames(media []string) string {
	var names []string
	for _, name := range media {
		names = append(names, strings.TrimPrefix(name, applicationKind), name)
	}
	return strings.Join(slices.Compact(names), " or ")
}
