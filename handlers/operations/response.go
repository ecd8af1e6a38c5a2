package operations

import (
	"encoding/json"
	"net/http"
)

// Response is a successful response. One type serves all operations: the contract states which
// statuses, headers and bodies each of them may send, and every test holds every response to it.
type Response struct {
	Status int
	// ETag is the entity tag, "" for none.
	ETag string
	// Location is the URL of a created statistic, "" for none.
	Location string
	// Preference is Preference-Applied, "" for none.
	Preference string
	// ContentType is "" without a body.
	ContentType string
	Body        []byte
	// Whole is true if the body is that of a batch. The responses in it are written already as their own requests
	// ask for.
	Whole bool
}

// noContent returns 204.
func noContent() *Response { return &Response{Status: http.StatusNoContent} }

// jsonResponse returns 200 with a value of gen's.
func jsonResponse(req *Request, value any) (*Response, error) {
	body, err := json.Marshal(value)
	return &Response{Status: http.StatusOK, ContentType: req.Form.ContentType(), Body: body}, err
}
