package faults

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/suggest"
)

// check returns what is wrong with a rule that the contract alone cannot refuse.
func (r *Rules) check(rule *api.FaultRule) []gen.ErrorDetail {
	var found findings
	r.checkMatch(rule, &found)
	found.add(rule.Answer == nil && rule.Throttle == nil && rule.Delay == nil && rule.Connection == nil,
		"answer", "A rule needs at least one of answer, throttle, delay and connection.")
	found.add(rule.Answer != nil && rule.Throttle != nil,
		"throttle", "A rule has either answer or throttle. Make two rules.")
	found.add(rule.Delay != nil && (*rule.Delay <= 0 || *rule.Delay > maxDelay),
		"delay", "delay must be more than PT0S and at most PT30S.")
	found.add(value(rule.Connection) == api.Reset && rule.Answer != nil,
		"connection", "A connection that is reset has no response. Leave answer out, or cut the connection.")
	if rule.Answer != nil {
		r.checkAnswer(rule, &found)
	}
	if rule.Throttle != nil {
		found = append(found, checkThrottle(rule.Throttle)...)
	}
	return found
}

// findings are what is wrong with a rule.
type findings []gen.ErrorDetail

// add adds a finding if the condition is true.
func (f *findings) add(is bool, target, format string, values ...any) {
	if is {
		*f = append(*f, problem.Fault(gen.InvalidValue, target, format, values...))
	}
}

func (r *Rules) checkMatch(rule *api.FaultRule, found *findings) {
	if rule.Match == nil {
		return
	}
	found.add(rule.Match.Header != nil && strings.EqualFold(rule.Match.Header.Name, "Host"),
		"match/header/name", "Host cannot be matched: it names this server, and each request has it.")
	if rule.Match.Operation == nil {
		return
	}
	name := *rule.Match.Operation
	if slices.Contains(r.operations, name) {
		found.add(rule.Answer != nil && isList(rule.Answer.Body) && !slices.Contains(r.lists, name),
			"answer/body", "'%s' is not a list. emptyPage and repeatedNextLink are for %s.", name, strings.Join(r.lists, ", "))
		return
	}
	advice := "Use an operationId of openapi.yaml, as updateMyStatistic."
	if nearest := suggest.Nearest(name, r.operations); nearest != "" {
		advice = fmt.Sprintf("Did you mean '%s'?", nearest)
	}
	found.add(true, "match/operation", "There is no operation '%s'. %s", problem.Shown(name), advice)
}

func (r *Rules) checkAnswer(rule *api.FaultRule, found *findings) {
	a := rule.Answer
	isError := a.Status != nil || value(a.Claims)
	unclaimed := *a
	unclaimed.Claims = nil
	found.add(!isError && unclaimed == (api.FaultAnswer{}),
		"answer", "An answer must differ from the usual one. Give it a status, retryAfter, headers, contentType or body.")
	found.add(!isError && a.Code != nil, "answer/code", "Only an error has a code. Give the answer a status.")
	found.add(!isError && a.Message != nil, "answer/message", "Only an error has a message. Give the answer a status.")
	found.add(value(a.Claims) && a.Status != nil && *a.Status != http.StatusUnauthorized,
		"answer/claims", "The status of a claims challenge is 401. Leave status or claims out.")
	found.add(a.RetryAfterForm != nil && a.RetryAfter == nil,
		"answer/retryAfterForm", "retryAfterForm needs retryAfter, the seconds.")
	found.add(isError && isList(a.Body),
		"answer/body", "'%s' is a page of a list, and an error is none. Leave status or body out.", value(a.Body))
	found.add(a.ContentType != nil && !isHeaderValue(*a.ContentType),
		"answer/contentType", "contentType must be printable ASCII, as any header.")
	checkHeaders(value(a.Headers), found)
}

// headerName is the form of a header's name (RFC 9110, 5.6.2).
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$")

// notForRules are the headers of the connection, of the length and of the coding of a response.
var notForRules = []string{"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

func checkHeaders(headers map[string]string, found *findings) {
	given := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		target, canonical := "answer/headers/"+problem.Shown(name), http.CanonicalHeaderKey(name)
		found.add(!headerName.MatchString(name), target, "'%s' is not the name of a header.", problem.Shown(name))
		found.add(slices.Contains(notForRules, canonical), target,
			"'%s' belongs to the connection or the length of the response. Leave it out, or use connection.", name)
		found.add(canonical == ResponseHeader, target, "'%s' is the server's own. Leave it out.", name)
		found.add(canonical == "Content-Type", target, "Use contentType for the header Content-Type.")
		found.add(given[canonical], target, "The header '%s' is there twice, in another case.", problem.Shown(name))
		found.add(!isHeaderValue(headers[name]), target, "The value of '%s' must be printable ASCII.", problem.Shown(name))
		given[canonical] = true
	}
}

// isHeaderValue reports whether a response may have the text as the value of a header.
func isHeaderValue(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r > '~' })
}
