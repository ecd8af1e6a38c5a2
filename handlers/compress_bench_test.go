package handlers_test

import (
	stdgzip "compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"afterhours/handlers"
	"afterhours/store/edm"
)

// BenchmarkCompressedList lists 35 and 50 statistics, plain and in gzip.
func BenchmarkCompressedList(b *testing.B) {
	onBenchStores(b, func(b *testing.B, server *handlers.Server, token string) {
		fillBench(b, server, token)
		for _, top := range []int{35, 50} {
			for _, coding := range []string{"identity", "gzip"} {
				b.Run(fmt.Sprintf("%d/%s", top, coding), func(b *testing.B) {
					b.ReportAllocs()
					size := 0
					for b.Loop() {
						size = len(listBody(b, server, token, top, coding))
					}
					b.ReportMetric(float64(size), "bytes")
				})
			}
		}
	})
}

// BenchmarkGzipLevels compresses lists of several sizes by each writer that the server could have.
func BenchmarkGzipLevels(b *testing.B) {
	onBenchStores(b, func(b *testing.B, server *handlers.Server, token string) {
		fillBench(b, server, token)
		for _, top := range []int{1, 2, 4, 35, 50} {
			text := []byte(listBody(b, server, token, top, "identity"))
			for level := range 7 {
				level := level - 3 // -3 keeps no state, -2 is Huffman alone, -1 is the default
				writer, _ := gzip.NewWriterLevel(nil, level)
				benchGzip(b, fmt.Sprintf("%d/klauspost/%d", top, level), text, writer)
			}
			for _, level := range []int{1, 6} {
				writer, _ := stdgzip.NewWriterLevel(nil, level)
				benchGzip(b, fmt.Sprintf("%d/go/%d", top, level), text, writer)
			}
		}
	})
}

// fillBench gives the statistics of a benchmark values that differ, as those of a user do.
func fillBench(b *testing.B, server *handlers.Server, token string) {
	for n := range benchWriters {
		start := edm.Date(737225 + n) // 2019-06-16
		serveOne(b, server, "PATCH", fmt.Sprintf("%s/s%d", collection, n), token,
			fmt.Sprintf(`{"startDate":"%s","endDate":"%s","timeZoneUsed":"Pacific Standard Time","duration":"PT%dH%dM","afterHours":"PT%dM%dS"}`,
				start, start.AddDays(1), n*7%9, n*11%60+1, n*17%60+1, n*23%60+1), http.StatusOK)
	}
}

type gzipWriter interface {
	io.WriteCloser
	Reset(io.Writer)
}

func benchGzip(b *testing.B, name string, text []byte, writer gzipWriter) {
	b.Run(name, func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		var zipped strings.Builder
		for b.Loop() {
			zipped.Reset()
			writer.Reset(&zipped)
			_, _ = writer.Write(text)
			_ = writer.Close()
		}
		b.ReportMetric(float64(zipped.Len()), "bytes")
	})
}

func listBody(b *testing.B, server *handlers.Server, token string, top int, coding string) string {
	request := httptest.NewRequest("GET", fmt.Sprintf("%s?$top=%d", collection, top), nil)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept-Encoding", coding)
	recorder := httptest.NewRecorder()
	server.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		b.Errorf("$top=%d: %d %s", top, recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}
