package handlers

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"afterhours/handlers/input"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
)

// The media types of a batch and of its response.
const (
	jsonBatch      = "application/json"
	multipartBatch = "multipart/mixed"
)

// batchFormat returns the media type of the response to a batch. $format or else Accept chooses it; if both media types
// are equally welcome, it is that of the request (OData Protocol 11.7.1).
func batchFormat(r *http.Request) (string, error) {
	if input.Format(r.URL.RawQuery) != "" { // it can only ask for JSON
		return jsonBatch, nil
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if accept == "" {
		return media, nil
	}
	offered := []string{jsonBatch, multipartBatch}
	if media == multipartBatch {
		slices.Reverse(offered)
	}
	first, second := acceptWeight(accept, offered[0]), acceptWeight(accept, offered[1])
	switch {
	case first == 0 && second == 0:
		return "", problem.Refuse(problem.ErrFormat, "Accept", "'Accept' is '%s', which excludes the response: it is %s or %s. Accept one of them, or leave Accept out.",
			problem.Shown(accept), jsonBatch, multipartBatch)
	case second > first:
		return offered[1], nil
	}
	return offered[0], nil
}

// acceptWeight returns how much an Accept header wants a media type, 0 if it excludes it. The most specific range counts
// (RFC 9110, 12.5.1).
func acceptWeight(accept, media string) float64 {
	kind, _, _ := strings.Cut(media, "/")
	for _, name := range []string{media, kind + "/*", "*/*"} {
		best, found := 0.0, false
		for _, one := range wire.SplitList(accept) {
			given, parameters, err := mime.ParseMediaType(one)
			if err != nil || given != name {
				continue
			}
			weight := 1.0
			if q, hasWeight := parameters["q"]; hasWeight {
				weight, _ = strconv.ParseFloat(q, 64) // 0 if it is none
			}
			best, found = max(best, weight), true
		}
		if found {
			return best
		}
	}
	return 0
}
