package operations

import (
	"net/http"

	"afterhours/gen"
)

// Metadata is GET on $metadata: the model of the service as CSDL XML, or as CSDL JSON if that is asked for (OData
// Protocol 11.1.2).
func (s *Service) Metadata(req *Request) *Response {
	if req.Media == "application/json" {
		return &Response{Status: http.StatusOK, ContentType: req.Media, Body: s.spec.MetadataJSON}
	}
	return &Response{Status: http.StatusOK, ContentType: "application/xml", Body: s.spec.Metadata}
}

// ServiceDocument is GET on the root: the entries of the container in $metadata.
func (s *Service) ServiceDocument(req *Request) (*Response, error) {
	document := gen.ServiceDocument{OdataContext: req.Form.Context(req.Root + "/$metadata")}
	for _, entry := range [][2]string{{"me", "Singleton"}, {"users", "EntitySet"}} {
		document.Value = append(document.Value, struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
			URL  string `json:"url"`
		}{Kind: entry[1], Name: entry[0], URL: entry[0]})
	}
	return jsonResponse(req, document)
}
