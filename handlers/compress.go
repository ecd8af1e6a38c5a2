package handlers

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// compressFrom is the size in bytes from which a body is compressed. A smaller one fits into one packet
// together with its headers, and would be as fast without compression (bench/compression.md).
const compressFrom = 1 << 10

// gzipWriters keeps writers, since each has tables of some 800 KiB. Their level is the fastest one:
// bench/compression.md compares the levels.
var gzipWriters = sync.Pool{New: func() any {
	writer, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is one that it knows
	return writer
}}

// encode returns the form in which the client takes a whole body, and sets the headers that depend on
// it. The entity tags of the contract are weak, so that both forms may share them (RFC 9110, 8.8.3.3).
// Three kinds of responses stay as they are:
//
//   - One of the control contract. It may have a token, whose text the length of a compressed body
//     could give away beside text of the caller's choice (BREACH).
//   - One within a batch, which is compressed as a whole.
//   - One with a fault, which changes the plain body. sendFaulty compresses it afterwards.
func encode(header http.Header, r *http.Request, body []byte) []byte {
	if len(body) < compressFrom {
		return body // net/http sets its length
	}
	if req := requestOf(r); req.isControl || req.fault != nil || batchOf(r.Context()) != nil {
		return body
	}
	return encodeLarge(header, r, body)
}

// encodeLarge is encode for a body from compressFrom on, and for any kind of response.
func encodeLarge(header http.Header, r *http.Request, body []byte) []byte {
	header.Set("Vary", strings.Join(append(header["Vary"], "Accept-Encoding"), ", "))
	if acceptsGzip(r.Header["Accept-Encoding"]) {
		header.Set("Content-Encoding", "gzip")
		body = compressed(body)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	return body
}

// compressed returns a body in gzip. It shares no memory with the writer.
func compressed(body []byte) []byte {
	zipped := bytes.NewBuffer(make([]byte, 0, len(body)/4)) // most take less
	writer := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(writer)
	writer.Reset(zipped)
	_, _ = writer.Write(body) // a buffer takes everything
	_ = writer.Close()
	return zipped.Bytes()
}

// acceptsGzip reports whether the client takes gzip, and likes it no less than no coding at all. The
// lines are those of Accept-Encoding (RFC 9110, 12.5.3). A weight of 0 forbids a coding. The entry for
// gzip counts more than the one for any coding. No response is refused for its coding: whoever takes
// neither gets the plain form.
func acceptsGzip(lines []string) bool {
	gzipped, others, identity := -1.0, 0.0, 0.0
	for entry := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		coding, parameters, _ := strings.Cut(entry, ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			gzipped = weightOf(parameters)
		case "identity":
			identity = weightOf(parameters)
		case "*":
			others = weightOf(parameters)
		}
	}
	if gzipped < 0 {
		gzipped = others
	}
	return gzipped > 0 && gzipped >= identity
}
