package control

import (
	"cmp"
	"context"
	"strings"
	"time"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/store/edm"
)

// maxWait is how long ListRequests waits at most, as the contract states.
const maxWait = 30 * time.Second

// ListRequests returns the requests that match the parameters. If they ask for it, it waits until
// there are enough.
func (s *Service) ListRequests(ctx context.Context, params api.ListRequestsParams) (*api.RequestCollection, error) {
	count := 1
	if params.Count != nil {
		count = int(*params.Count)
	}
	wait, err := edm.ParseDuration(cmp.Or(value(params.Wait), "PT0S"))
	if err != nil || wait < 0 || wait > edm.Duration(maxWait/tick) {
		return nil, problem.Invalid(problem.Fault(gen.InvalidValue, "wait", "'wait' must be from PT0S to PT30S."))
	}
	found, err := s.Journal.wait(ctx, func(r *api.Request) bool { return matches(r, &params) }, count, time.Duration(wait)*tick)
	return &api.RequestCollection{Value: found}, err
}

// DeleteRequests empties the journal.
func (s *Service) DeleteRequests() { s.Journal.clear("") }

// matches reports whether a request has all that the parameters ask for.
func matches(r *api.Request, params *api.ListRequestsParams) bool {
	return isAny(params.Method, func(method api.ListRequestsParamsMethod) bool { return r.Method == string(method) }) &&
		isAny(params.Route, func(route string) bool { return hasRoute(r, route) }) &&
		isAny(params.Status, func(status int32) bool { return r.Status == status }) &&
		isAny(params.Tenant, func(tenant string) bool { return strings.EqualFold(value(r.Tenant), tenant) }) &&
		isAny(params.User, func(user string) bool { return strings.EqualFold(value(r.User), user) }) &&
		isAny(params.ClientRequestID, func(id string) bool { return value(r.ClientRequestID) == id })
}

// isAny reports whether the parameter is absent or is as asked for.
func isAny[T any](parameter *T, is func(T) bool) bool { return parameter == nil || is(*parameter) }

// hasRoute reports whether the request has the route, which may lack the base path.
func hasRoute(r *api.Request, route string) bool {
	full := value(r.Route)
	_, below, _ := strings.Cut(strings.TrimPrefix(full, "/"), "/")
	return full != "" && (route == full || route == "/"+below)
}
