package handlers

import (
	"cmp"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"afterhours/handlers/signin"
)

// parameterInPath is a parameter in the path of a route of signin.
var parameterInPath = regexp.MustCompile(`\{(\w+)\}`)

// mountSignIn adds the routes of sign-in to the router. They are of no contract of ours: OAuth 2.0 says what
// they take, and their errors are not in Graph's shape.
func (s *Server) mountSignIn(routes readable, service *signin.Service) {
	for _, route := range service.Routes() {
		handler := func(c *gin.Context) {
			for _, param := range c.Params {
				c.Request.SetPathValue(param.Key, param.Value)
			}
			req := requestOf(c.Request)
			call := &signin.Call{Request: c.Request, Origin: s.origin(c.Request), TraceID: req.ID, CorrelationID: cmp.Or(req.clientID, req.ID)}
			route.Serve(c.Writer, call)
			if call.Failure != nil && !s.isTold(call.Failure) && s.mayLog(req) {
				s.log.Error("failed", slog.String("request_id", req.ID), slog.String("error", call.Failure.Error()))
			}
		}
		path := parameterInPath.ReplaceAllString(route.Path, ":$1")
		if route.Method == http.MethodGet {
			routes.GET(path, handler)
			continue
		}
		routes.Handle(route.Method, path, handler)
	}
}
