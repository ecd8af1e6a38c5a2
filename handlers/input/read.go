package input

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// firstBuffer is the size of the first buffer for a body whose size is not known.
const firstBuffer = 4 << 10

// ReadBody reads and decompresses the body of a request. The contract's x-max-bytes limits the body
// both as it is sent and decompressed. ReadBody calls hold before it takes memory, with all the bytes
// that the body then takes. If hold returns an error, the body is refused. The error is a problem.
// The text is nil if the body is optional and absent.
func ReadBody(r *http.Request, op *spec.Operation, quirks Quirks, hold func(bytes int64) error) ([]byte, error) {
	if r.ContentLength == 0 && !op.RequestBody.Value.Required {
		return nil, nil
	}
	if contentType := Line(r.Header, "Content-Type"); !isMediaType(op, contentType) {
		return nil, problem.Refuse(problem.ErrMediaType, "Content-Type", "'Content-Type' is '%s'; it must be %s, in UTF-8.", problem.Shown(contentType),
			strings.Join(slices.Sorted(maps.Keys(op.RequestBody.Value.Content)), " or "))
	}
	text, refused := quirks.readLimited(r, op.MaxBytes, hold)
	if refused != nil {
		refused.Unread = true
		return nil, refused
	}
	return text, nil
}

// readLimited reads and decompresses a body of at most limit bytes.
func (q Quirks) readLimited(r *http.Request, limit int64, hold func(bytes int64) error) ([]byte, *problem.Problem) {
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	var body io.Reader = r.Body // of which readAll reads limit bytes
	size := int64(firstBuffer)
	switch encoding := strings.ToLower(strings.TrimSpace(Line(r.Header, "Content-Encoding"))); encoding {
	case "", "identity":
		if r.ContentLength >= 0 {
			size = r.ContentLength + 1 // one more, to read the end
		}
	case "gzip":
		unzipped, err := q.unzip(http.MaxBytesReader(nil, r.Body, limit))
		if err != nil {
			return nil, readFault(err, limit)
		}
		body = unzipped
	default:
		return nil, problem.Refuse(problem.ErrMediaType, "Content-Encoding",
			"'Content-Encoding' is '%s'; it must be gzip, once, or left out.", problem.Shown(encoding))
	}
	return readAll(body, size, limit, hold)
}

// readAll reads a body of at most limit bytes, into a buffer of the size at first.
func readAll(body io.Reader, size, limit int64, hold func(bytes int64) error) ([]byte, *problem.Problem) {
	var text []byte
	for {
		if len(text) == cap(text) {
			if err := hold(size); err != nil {
				return nil, problem.Refuse(problem.ErrUnavailable, "", "The server holds as many bytes of bodies as it can. Try again in a moment.")
			}
			text = append(make([]byte, 0, size), text...)
			size = min(2*size, limit+1)
		}
		n, err := body.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		switch {
		case int64(len(text)) > limit:
			return nil, tooLarge(limit)
		case errors.Is(err, io.EOF):
			return text, nil
		case err != nil:
			return nil, readFault(err, limit)
		}
	}
}

func tooLarge(limit int64) *problem.Problem {
	return problem.Refuse(problem.ErrTooLarge, "", "The body is larger than %d bytes.", limit)
}

// readFault returns the problem of a body that is too large, too slow, or does not arrive whole.
func readFault(err error, limit int64) *problem.Problem {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge(limit)
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return problem.Refuse(problem.ErrTimeout, "", "The body did not arrive in time; send it again.")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, new(flate.CorruptInputError)):
		return problem.Refuse(problem.ErrInvalid, "Content-Encoding", "Unable to read the request payload: it is not in gzip, as Content-Encoding says, or damaged.")
	}
	return problem.Refuse(problem.ErrInvalid, "", "Unable to read the request payload: it does not arrive whole.")
}
