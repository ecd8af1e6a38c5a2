package checked

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
)

// boundaryOf returns the boundary of a multipart type, "" for any other type.
func boundaryOf(contentType string) string {
	media, parameters, _ := mime.ParseMediaType(contentType)
	if media != "multipart/mixed" {
		return ""
	}
	return parameters["boundary"]
}

// eachPart calls read for each part that has a request or response. changeSet is the number of its change set, 0 if it
// is in none.
func eachPart(text io.Reader, boundary string, read func(outside textproto.MIMEHeader, content *bufio.Reader, changeSet int) error) error {
	parts := multipart.NewReader(text, boundary)
	for changeSet := 1; ; changeSet++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if inner := boundaryOf(part.Header.Get("Content-Type")); inner != "" {
			err = eachPart(part, inner, func(outside textproto.MIMEHeader, content *bufio.Reader, _ int) error {
				return read(outside, content, changeSet)
			})
		} else {
			err = read(part.Header, bufio.NewReader(part), 0)
		}
		if err != nil {
			return err
		}
	}
}

// multipartRequests returns the requests of a multipart batch. The id of one is its Content-ID, "" for none.
func multipartRequests(text io.Reader, boundary string) ([]batchItem, error) {
	var all []batchItem
	err := eachPart(text, boundary, func(outside textproto.MIMEHeader, content *bufio.Reader, changeSet int) error {
		from := textproto.NewReader(content)
		line, err := from.ReadLine()
		for line == "" && err == nil {
			line, err = from.ReadLine()
		}
		if err != nil {
			return err
		}
		header, err := from.ReadMIMEHeader()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		method, target, _ := strings.Cut(line, " ")
		target, _, _ = strings.Cut(target, " HTTP/")
		item := batchItem{ID: outside.Get("Content-ID"), Method: method, URL: target, Headers: map[string]string{}, changeSet: changeSet}
		if item.ID == "" {
			item.ID = header.Get("Content-ID")
		}
		for name, values := range header {
			item.Headers[name] = strings.Join(values, ", ")
		}
		all = append(all, item)
		return nil
	})
	return all, err
}

// multipartAnswers returns the responses in a multipart response.
func multipartAnswers(text io.Reader, boundary string) ([]batchAnswer, error) {
	var all []batchAnswer
	err := eachPart(text, boundary, func(outside textproto.MIMEHeader, content *bufio.Reader, changeSet int) error {
		response, err := http.ReadResponse(content, nil)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(response.Body)
		all = append(all, batchAnswer{outside.Get("Content-ID"), response.StatusCode, response.Header, body, changeSet})
		return err
	})
	return all, err
}
