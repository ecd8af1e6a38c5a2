package operations

import (
	"encoding/base64"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"afterhours/handlers/odata"
)

// modelFor returns the model that reads the request's options. now() is one moment in all of them.
func (s *Service) modelFor(req *Request) *odata.Model {
	if req.clock.Now.IsZero() {
		req.clock.Now = s.now()
	}
	return s.spec.Model.With(req.Aliases).At(&req.clock)
}

// pageTime is the last member of a $skiptoken if the query has now(): the time of the first page. With
// another time for each page, a walk could lose statistics or see them twice.
type pageTime struct {
	Now time.Time `json:"now"`
}

// firstPageTime returns the time in a $skiptoken, zero if there is none.
func firstPageTime(skiptoken *string) time.Time {
	if skiptoken == nil {
		return time.Time{}
	}
	var members []jsontext.Value
	var at pageTime
	text, err := base64.RawURLEncoding.DecodeString(*skiptoken)
	if err != nil || json.Unmarshal(text, &members) != nil || len(members) == 0 || json.Unmarshal(members[len(members)-1], &at) != nil {
		return time.Time{} // parseSkipToken refuses it
	}
	return at.Now
}
