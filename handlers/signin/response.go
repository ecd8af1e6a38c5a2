package signin

import (
	"encoding/json"
	"net/http"
)

// response is what the service responds with.
type response struct {
	status int
	header map[string]string
	body   []byte
}

func jsonResponse(status int, value any) *response {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // cannot happen: the values are texts, numbers, and lists and maps of them
	}
	return &response{status: status, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}, body: body}
}

// write sends the response. No cache may keep it, because it may hold a token (RFC 6749, 5.1).
func (r *response) write(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Pragma", "no-cache")
	for name, value := range r.header {
		header.Set(name, value)
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // an error here means that the caller has hung up
}
