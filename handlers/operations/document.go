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

// ServiceDocument is GET on the root: the resources that the contract has there (OData 11.1.1).
func (s *Service) ServiceDocument(req *Request) (*Response, error) {
	document := gen.ServiceDocument{OdataContext: req.Form.Context(req.Root + "/$metadata")}
	for _, root := range s.spec.Roots {
		kind := "Singleton"
		if root.IsSet {
			kind = "EntitySet"
		}
		document.Value = append(document.Value, struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
			URL  string `json:"url"`
		}{Kind: kind, Name: root.Name, URL: root.Name})
	}
	return jsonResponse(req, document)
}
