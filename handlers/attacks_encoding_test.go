package handlers_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"strings"
	"testing"
)

// encodingAttacks returns attacks by Content-Type and Content-Encoding.
func encodingAttacks(t testing.TB, token string) []attack {
	const patch, unsupported = "PATCH " + seedItem + " HTTP/1.1", http.StatusUnsupportedMediaType
	const body = `{"duration":"PT5H"}`
	typed := func(contentType string) attack {
		return attack{"Content-Type: " + contentType, message(token, patch, body, "Content-Type: "+contentType), unsupported, "UnsupportedMediaType", "Content-Type", "it must be application/json", ""}
	}
	coded := func(coding string) attack {
		return attack{"Content-Encoding: " + coding, message(token, patch, body, "Content-Encoding: "+coding), unsupported, "UnsupportedMediaType", "Content-Encoding", "it must be gzip", ""}
	}
	zipped := func(name, text, part string, status int, code, target string) attack {
		return attack{"gzip: " + name, message(token, patch, text, "Content-Encoding: gzip"), status, code, target, part, ""}
	}
	large := func(name, text string) attack {
		return zipped(name, text, "larger than 1048576 bytes", http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "")
	}
	damaged := func(name, text string) attack {
		return zipped(name, text, "not in gzip, as Content-Encoding says, or damaged", http.StatusBadRequest, "BadRequest", "Content-Encoding")
	}
	short := func(name, text string) attack {
		return zipped(name, text, "does not arrive whole", http.StatusBadRequest, "BadRequest", "")
	}
	packed := gzipped(t, body)
	bomb := gzippedBomb(t)
	layers := body
	for range maxLayersOfGzip + 1 {
		layers = gzipped(t, layers)
	}
	return []attack{
		typed("text/plain"), typed("text/json"), typed("application/xml"), typed("application/x-www-form-urlencoded"), typed("multipart/form-data; boundary=x"), typed("application/merge-patch+json"), typed("*/*"),
		typed("application/json, text/plain"), typed("application/jsonx"), typed("application"), typed(""), typed("application/json; charset=utf-16"), typed("application/json; charset=utf-7"), typed(`application/json; charset="iso-8859-1"`),
		{"no Content-Type", message(token, patch, body, "-Content-Type"), unsupported, "UnsupportedMediaType", "Content-Type", "it must be application/json", ""},
		{"two Content-Types", message(token, patch, body, "Content-Type: application/json", "Content-Type: text/plain"), unsupported, "UnsupportedMediaType", "Content-Type", "it must be application/json", ""},
		coded("br"), coded("deflate"), coded("zstd"), coded("compress"), coded("gzip, gzip"), coded("gzip, br"), coded("identity, gzip"), coded("x"),
		{"Content-Encoding in two lines", message(token, patch, packed, "Content-Encoding: gzip", "Content-Encoding: gzip"), unsupported, "UnsupportedMediaType", "Content-Encoding", "it must be gzip", ""},
		large("bomb of 200 KiB that holds 200 MiB", bomb), large("bomb in a bomb", gzipped(t, bomb)), large("bomb of many members", strings.Repeat(gzipped(t, strings.Repeat(" ", 1<<16)), 100)),
		short("cut off", packed[:len(packed)-9]), damaged("damaged", packed[:15]+"\xff\xff"+packed[17:]), damaged("of a wrong checksum", packed[:len(packed)-8]+"aaaa"+packed[len(packed)-4:]), short("a header alone", packed[:10]),
		damaged("garbage after", packed+"garbage that is longer than a header"),
		zipped("too many layers", layers, "Unable to read JSON request payload", http.StatusBadRequest, "BadRequest", ""),
		zipped("plain, and no JSON", "x", "Unable to read JSON request payload", http.StatusBadRequest, "BadRequest", ""),
		zipped("empty", gzipped(t, ""), "the body is empty", http.StatusBadRequest, "BadRequest", ""),
	}
}

// maxLayersOfGzip is how many layers of gzip the retries of an SDK may add to a body.
const maxLayersOfGzip = 4

// gzippedBomb returns about 200 KiB of gzip that unpack to 200 MiB. It compresses one MiB and repeats the result,
// because with the race detector 200 MiB take minutes.
func gzippedBomb(t testing.TB) string {
	t.Helper()
	const pieces, end = 200, "\x03\x00" // an empty last block
	piece := bytes.Repeat([]byte(" "), 1<<20)
	var packed bytes.Buffer
	writer, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(piece); err != nil {
		t.Fatal(err)
	}
	if err := writer.Flush(); err != nil { // to a whole byte
		t.Fatal(err)
	}
	text := "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + strings.Repeat(packed.String(), pieces) + end
	sum := crc32.NewIEEE()
	for range pieces {
		_, _ = sum.Write(piece) // it never fails
	}
	trailer := binary.LittleEndian.AppendUint32(nil, sum.Sum32())
	return text + string(binary.LittleEndian.AppendUint32(trailer, pieces<<20))
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
