package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"afterhours/handlers/problem"
)

// A response longer than the first window of HTTP/2 (RFC 9113, 6.5.2) lasts as long as its client wants.
// Only largeAtOnce of them are sent at once, each within largeTimeout. Other clients wait for largeWait
// and then get 503: those who ask again at once would take the time of all others.
const (
	firstWindow  = 64<<10 - 1
	largeAtOnce  = 32
	largeTimeout = 10 * time.Second
	largeWait    = time.Second
)

// static is a response that changes only with the program or its key. Its forms are made once, and all
// responses share them.
type static struct {
	contentType      string
	plain            func() []byte
	gzipped          []byte // nil if it would not be shorter
	plainTag, zipTag string // strong entity tags: each form of the content has its own (RFC 9110, 8.8.3)
	large            chan struct{}
}

// newStatic returns a response with a compressed form.
func newStatic(contentType string, content []byte) *static {
	s := newUncompressed(contentType, content)
	if zipped := compress(content); len(zipped) < len(content) {
		s.gzipped = zipped
	}
	return s
}

// newUncompressed returns a response without a compressed form, which is cheap to make.
func newUncompressed(contentType string, content []byte) *static {
	return tagged(contentType, content, func() []byte { return content })
}

// tagged returns a response whose entity tags are those of the content.
func tagged(contentType string, content []byte, plain func() []byte) *static {
	sum := sha256.Sum256(content)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	return &static{contentType: contentType, plain: plain, plainTag: `"` + tag + `"`, zipTag: `"` + tag + `-gzip"`,
		large: make(chan struct{}, largeAtOnce)}
}

// newZipped returns a response with content that was compressed by gzip. The plain form takes memory only
// if a client asks for it.
func newZipped(contentType string, zipped []byte) *static {
	s := tagged(contentType, zipped, sync.OnceValue(func() []byte {
		var plain bytes.Buffer
		if reader, err := gzip.NewReader(bytes.NewReader(zipped)); err == nil { // it is embedded, and a test reads it
			_, _ = plain.ReadFrom(reader)
		}
		return plain.Bytes()
	}))
	s.gzipped = zipped
	return s
}

func compress(content []byte) []byte {
	var zipped bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level is one that it knows
	_, _ = writer.Write(content)                                    // a buffer takes everything
	_ = writer.Close()
	return zipped.Bytes()
}

// serveStatic responds with the form that the client takes, or with 304 if the client has it.
func (s *Server) serveStatic(response *static) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := response.write(c); err != nil {
			s.writeGinError(c, err)
		}
	}
}

// serveLazily is serveStatic for a response that takes time to make: the first client waits for it, and
// not the start of the server.
func (s *Server) serveLazily(newResponse func() *static) gin.HandlerFunc {
	once := sync.OnceValue(newResponse)
	return func(c *gin.Context) { s.serveStatic(once())(c) }
}

// write writes the response. The error means that too many large ones are under way, or that the client
// has gone.
func (s *static) write(c *gin.Context) error {
	header := c.Writer.Header()
	form, tag := s.plain, s.plainTag
	if s.gzipped != nil {
		header.Add("Vary", "Accept-Encoding")
		if acceptsGzip(c.Request.Header.Values("Accept-Encoding")) {
			form, tag = func() []byte { return s.gzipped }, s.zipTag
		}
	}
	if hasTag(c.GetHeader("If-None-Match"), tag) {
		header["ETag"] = []string{tag} // spelt as in the RFC
		c.Writer.WriteHeader(http.StatusNotModified)
		return nil
	}
	content := form()
	if len(content) > firstWindow && c.Request.Method != http.MethodHead {
		select {
		case s.large <- struct{}{}:
			defer func() { <-s.large }()
		case <-c.Request.Context().Done():
			return c.Request.Context().Err()
		case <-time.After(largeWait):
			return problem.Refuse(problem.ErrUnavailable, "", "Too many clients read this now. Try again in a moment, or send Accept-Encoding: gzip.")
		}
		_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(largeTimeout)) // a response without a connection has none
	}
	header["ETag"] = []string{tag}
	if tag == s.zipTag {
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("Content-Type", s.contentType)
	header.Set("Content-Length", strconv.Itoa(len(content)))
	c.Writer.WriteHeader(http.StatusOK)
	_, _ = c.Writer.Write(content) // an error here means that the caller has hung up
	return nil
}

// hasTag reports whether If-None-Match lists the entity tag, compared weakly (RFC 9110, 13.1.2), or is *.
func hasTag(list, tag string) bool {
	for entry := range strings.SplitSeq(list, ",") { // a tag of a static response has no comma
		if entry = strings.TrimSpace(entry); entry == "*" || strings.TrimPrefix(entry, "W/") == tag {
			return true
		}
	}
	return false
}
