package handlers

import (
	"mime"
	"net/http"
	"strings"

	"afterhours/store/edm"
)

// form is how an answer writes statistics: which of their properties, with how much
// metadata, and in which form durations.
type form struct {
	selected selection
	level    metadataLevel
	duration func(edm.Duration) string
}

// metadataLevel is how much control information an answer has (OData JSON 3.1).
type metadataLevel string

// The levels. At none, @odata.context is left out; @odata.type and @odata.etag stay,
// as clients find the type of an object by the one and change it by the other, and
// OData only says that a service should leave them out. At full, each statistic has
// its URLs besides, and each property that is no string its type.
const (
	metadataNone    metadataLevel = "none"
	metadataMinimal metadataLevel = "minimal"
	metadataFull    metadataLevel = "full"
)

// formOfRequest reads Accept and SdkVersion. What a client says to accept beside the
// level of metadata is not insisted on, since some SDKs say nothing.
func (s *Server) formOfRequest(r *http.Request) form {
	return form{level: levelOf(r.Header.Get("Accept")), duration: s.quirks.durations(r.Header.Get("SdkVersion"))}
}

func levelOf(accept string) metadataLevel {
	for _, one := range splitOutsideQuotes(accept) {
		_, parameters, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		for _, name := range []string{"odata.metadata", "metadata"} { // 4.0 and 4.01
			switch level := metadataLevel(strings.ToLower(parameters[name])); level {
			case metadataNone, metadataMinimal, metadataFull:
				return level
			}
		}
	}
	return metadataMinimal
}

// contentType is how Graph labels JSON: with the level of metadata, annotations
// first, and integers as numbers.
func (f form) contentType() string {
	return "application/json;odata.metadata=" + string(f.level) + ";odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
}

// context returns what @odata.context says, nil for nothing of it.
func (f form) context(described string) *string {
	if f.level == metadataNone {
		return nil
	}
	return &described
}

// selection is what $select chose; nil chooses everything. Names are as odata gives
// them: a property, or type/property for the statistics of that type alone.
type selection []string

// has says whether a statistic of the type shows the property.
func (s selection) has(t *entityType, property string) bool {
	if s == nil {
		return true
	}
	for _, name := range s {
		on, cast, isCast := strings.Cut(name, "/")
		if name == property || name == "*" || isCast && cast == property && on == strings.TrimPrefix(t.name, "#") {
			return true
		}
	}
	return false
}

// suffix is what a context URL says of the selection (OData 10.7).
func (s selection) suffix() string {
	if s == nil {
		return ""
	}
	return "(" + strings.Join(s, ",") + ")"
}
