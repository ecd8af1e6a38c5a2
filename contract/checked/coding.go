package checked

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
)

// decoded returns the body without its coding. A client of net/http has done so unless its caller asked for gzip.
func decoded(header http.Header, body []byte) ([]byte, error) {
	coding := header.Get("Content-Encoding")
	if coding == "" || len(body) == 0 {
		return body, nil
	}
	if coding != "gzip" {
		return nil, fmt.Errorf("the Content-Encoding is %q; want gzip", coding)
	}
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
