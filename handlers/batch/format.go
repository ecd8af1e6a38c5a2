package batch

import (
	"mime"
	"net/http"
)

// Options say how a batch is run and answered.
type Options struct {
	// Multipart asks for a response in multipart/mixed, and not in JSON.
	Multipart bool
	// ContinueOnError lets a multipart batch go on after a failure. A JSON batch always does.
	ContinueOnError bool
}

// Response is the response to a batch that was run; its status is 200. ContentType is "" for JSON.
type Response struct {
	ContentType string
	Body        []byte
}

// parse decodes a batch in either format. It returns its items in their groups.
func parse(outer *http.Request, body []byte, options Options) (groups []*atomicityGroup, isMultipart bool, err error) {
	media, parameters, _ := mime.ParseMediaType(outer.Header.Get("Content-Type"))
	if isMultipart = media == multipartMixed; isMultipart {
		groups, err = parseMultipart(body, parameters["boundary"])
	} else {
		groups, err = parseJSON(body)
	}
	if err == nil {
		err = checkIDs(groups, options.Multipart)
	}
	return groups, isMultipart, err
}
