package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	api "afterhours/control"
	"afterhours/handlers/pages"
	"afterhours/handlers/spec"
)

// mountPages adds the pages for people, and the contracts that the explorer reads, to the routes.
func (s *Server) mountPages(routes readable) {
	routes.GET("/openapi.json", s.serveLazily(contractInJSON(s.spec)))
	if s.control != nil {
		routes.GET("/control/openapi.yaml", s.serveStatic(newStatic("application/yaml", api.Contract)))
		routes.GET("/control/openapi.json", s.serveLazily(contractInJSON(s.control.spec)))
	}
	for _, file := range pages.Files() {
		if file.Path == pages.DocsOfControl && s.control == nil {
			continue
		}
		serve := s.serveLazily(func() *static { return newPageFile(file) })
		routes.GET(file.Path, func(c *gin.Context) {
			if c.FullPath() == pages.Week {
				c.Writer.Header().Add("Vary", "Accept")
				if !prefersHTML(c.Request.Header.Values("Accept")) {
					requestOf(c.Request).route = ""
					s.noRoute(c)
					return
				}
			}
			setPageHeaders(c.Writer.Header(), file.Policy)
			serve(c)
		})
	}
}

// contractInJSON returns what makes the response that has a contract in JSON.
func contractInJSON(contract *spec.Contract) func() *static {
	return func() *static {
		text, _ := contract.JSON() // it was read from a text
		return newStatic("application/json", text)
	}
}

func newPageFile(file pages.File) *static {
	if file.IsZipped {
		return newZipped(file.ContentType, file.Content)
	}
	return newStatic(file.ContentType, file.Content)
}

// setPageHeaders sets the headers that confine a page. A browser asks each time whether its copy is
// current: a page and its files must be of one version.
func setPageHeaders(header http.Header, policy string) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-cache")
}

// prefersHTML reports whether the lines of Accept name text/html, as browsers do, and do not prefer JSON.
// A client that takes anything is no browser: the API's response to it is an error.
func prefersHTML(lines []string) bool {
	html, json := 0.0, 0.0
	for entry := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		media, parameters, _ := strings.Cut(entry, ";")
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "text/html":
			html = max(html, weightOf(parameters))
		case "application/json":
			json = max(json, weightOf(parameters))
		}
	}
	return html > 0 && html >= json
}

// weightOf returns the weight among the parameters of an entry (RFC 9110, 12.4.2): 1 without one, 0 if
// it is no number.
func weightOf(parameters string) float64 {
	for parameter := range strings.SplitSeq(parameters, ";") {
		if q, isWeight := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameter)), "q="); isWeight {
			weight, _ := strconv.ParseFloat(q, 64)
			return weight
		}
	}
	return 1
}
