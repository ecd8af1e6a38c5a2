package handlers

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	api "afterhours/control"
	"afterhours/handlers/pages"
	"afterhours/handlers/spec"
)

// mountPages adds the pages for people, and the contracts that the explorer reads, to the routes.
func (s *Server) mountPages(routes readable, config Config) {
	providers := originsOf(config.PageProviders)
	routes.GET("/openapi.json", s.serveLazily(contractInJSON(s.spec)))
	if s.control != nil {
		routes.GET("/control/openapi.yaml", s.serveLazily(func() *static { return newStatic("application/yaml", api.Contract) }))
		routes.GET("/control/openapi.json", s.serveLazily(contractInJSON(s.control.spec)))
	}
	for _, file := range pages.Files() {
		if file.Path == pages.DocsOfControl && s.control == nil {
			continue
		}
		policy := file.Policy(providers...)
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
			setPageHeaders(c.Writer.Header(), policy)
			serve(c)
		})
	}
	routes.GET(pages.SignIn, func(c *gin.Context) {
		text, _ := json.Marshal(map[string]any{"providers": s.pageProviders(config, c.Request)}) // strings alone always marshal
		setPageHeaders(c.Writer.Header(), pages.File{}.Policy(providers...))
		s.serveStatic(newUncompressed("application/json", text))(c)
	})
}

// testClient is the client id of the week page at this server's own sign-in, which takes any.
const testClient = "afterhours-week-page"

// pageProviders returns where people sign in to the page. The server's own sign-in is among them if it
// takes every client. It is named by the address that the browser has of it.
func (s *Server) pageProviders(config Config, r *http.Request) []pages.Provider {
	providers := append([]pages.Provider{}, config.PageProviders...)
	if config.SignIn != nil && config.SignIn.Clients == nil {
		providers = append(providers, pages.Provider{
			Issuer: s.origin(r) + "/" + config.SignIn.Tenant + "/v2.0",
			Client: testClient, Scope: "openid offline_access Analytics.ReadWrite",
		})
	}
	return providers
}

// originsOf returns the scheme, host and port of each provider, which the page may call.
func originsOf(providers []pages.Provider) []string {
	var origins []string
	for _, provider := range providers {
		issuer, _ := url.Parse(provider.Issuer) // it is trusted, so it has been read before
		origins = append(origins, issuer.Scheme+"://"+issuer.Host)
	}
	slices.Sort(origins)
	return slices.Compact(origins)
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
		return newZipped(file.ContentType, file.Content())
	}
	return newStatic(file.ContentType, file.Content())
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
