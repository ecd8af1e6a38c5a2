package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"afterhours/handlers/operations"
)

// operation is one operation with its parameters bound.
type operation func(context.Context, *operations.Request) (*operations.Response, error)

// serve runs an operation and writes its response or its error. The operation gets the context of
// the request and not Gin's, which is pooled and must not outlive the request, as the context of a
// queued write may.
func (s *Server) serve(c *gin.Context, run operation) {
	req := requestOf(c.Request)
	response, err := run(c.Request.Context(), &req.Request)
	isOData := err == nil && strings.HasPrefix(response.ContentType, "application/json") && !response.Whole && !req.isControl
	if isOData {
		response.Body, err = req.Form.Restyle(response.Body)
	}
	if err != nil {
		s.writeGinError(c, err)
		return
	}
	writeResponse(c, response)
}

// bodied is an operation with its parameters bound, and with a body of gen's type.
type bodied[B any] func(context.Context, *operations.Request, *B) (*operations.Response, error)

// serveBody binds the validated body and serves the operation.
func serveBody[B any](s *Server, c *gin.Context, run bodied[B]) {
	body := new(B)
	if err := requestOf(c.Request).body.Bind(body); err != nil {
		s.bindFailed(c, err)
		return
	}
	s.serve(c, func(ctx context.Context, req *operations.Request) (*operations.Response, error) {
		return run(ctx, req, body)
	})
}

// varying are the request headers on which the form of a response may depend. A cache must know them even if the request
// had none of them (RFC 9110, 12.5.5). All responses share the slice, which has no room for another value.
var varying = []string{"Accept, Prefer, OData-MaxVersion, SdkVersion"}

// writeResponse writes a successful response. Its compression is work of the request. The wait for its reader is
// not.
func writeResponse(c *gin.Context, response *operations.Response) {
	header := c.Writer.Header()
	describe(header, response)
	response.Body = encode(header, c.Request, response.Body)
	if place := requestOf(c.Request).held.place; place != nil {
		place.Leave(len(response.Body))
	}
	c.Writer.WriteHeader(response.Status)
	_, _ = c.Writer.Write(response.Body) // an error here means that the caller has hung up
}

// describe sets the headers of a successful response. Those that nearly every response has are put into the map directly,
// with one slice for their values.
func describe(header http.Header, response *operations.Response) {
	values := []string{response.ETag, response.ContentType}
	if response.ETag != "" {
		header["ETag"] = values[:1:1] // spelt as in the RFC
	}
	if response.Location != "" {
		header.Set("Location", response.Location)
		if response.Status == http.StatusNoContent {
			header["OData-EntityId"] = []string{response.Location} // OData 8.3.4
		}
	}
	if response.Preference != "" {
		header.Set("Preference-Applied", response.Preference)
	}
	if header["Vary"] == nil {
		header["Vary"] = varying
	} else {
		header.Add("Vary", varying[0])
	}
	if response.ContentType != "" {
		header["Content-Type"] = values[1:]
	}
}
