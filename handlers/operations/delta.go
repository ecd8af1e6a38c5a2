package operations

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// delta is a page of changes that a request asks for.
type delta struct {
	owner   store.Owner
	options gen.DeltaUserStatisticsParams
	sum     int64
	span    store.Span
	size    int
	filter  *store.Matcher
	form    wire.Form
	applied string // Preference-Applied
}

// Delta is GET on the function delta of the collection: one page of what has changed (OData Protocol
// 11.3, Graph "Use delta query").
func (s *Service) Delta(ctx context.Context, req *Request, userID string, options gen.DeltaUserStatisticsParams) (*Response, error) {
	owner, err := s.readable(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	wanted, err := s.deltaOf(req, owner, options)
	if err != nil {
		return nil, err
	}
	return s.deltaPage(ctx, req, wanted)
}

// tracks reports whether a list is to have an @odata.deltaLink. A list that is sorted, counted or cut
// out cannot: the preference is then not applied, as OData allows (Protocol 8.2.8).
func tracks(req *Request, options gen.ListUserStatisticsParams) bool {
	return !req.References && parsePrefer(options.Prefer).trackChanges != "" && options.Orderby == nil && options.Skip == nil &&
		options.Skiptoken == nil && (options.Count == nil || !*options.Count) && (options.Top == nil || *options.Top > 0) && !isTopLimit(req, options)
}

// listTracked is List with the preference odata.track-changes: the first page of Delta.
func (s *Service) listTracked(ctx context.Context, req *Request, owner store.Owner, options gen.ListUserStatisticsParams) (*Response, error) {
	wanted, err := s.deltaOf(req, owner, gen.DeltaUserStatisticsParams{
		Filter: options.Filter, Select: options.Select, Top: options.Top, Format: options.Format, Prefer: options.Prefer,
	})
	if err != nil {
		return nil, err
	}
	wanted.applied = joined(parsePrefer(options.Prefer).trackChanges, wanted.applied)
	return s.deltaPage(ctx, req, wanted)
}

// deltaOf reads the options. The error names every fault of them.
func (s *Service) deltaOf(req *Request, owner store.Owner, options gen.DeltaUserStatisticsParams) (delta, error) {
	wanted := delta{owner: owner, options: options, sum: optionsSum(req, options), form: req.Form}
	wanted.size, wanted.applied = s.pageSize(gen.ListUserStatisticsParams{Top: options.Top, Prefer: options.Prefer})
	filter, err := s.filter(req, options.Filter)
	faults := optionFault(err)
	wanted.filter = store.NewMatcher(store.Fold(filter))
	wanted.form.Selected, err = s.selection(options.Select)
	faults = append(faults, optionFault(err)...)
	if len(faults) > 0 {
		return wanted, problem.Invalid(faults...)
	}
	wanted.span, err = spanOf(wanted.sum, options)
	return wanted, err
}

// deltaTimes is how much longer than a query it may take to find changes: all statistics of the owner are
// compared, at about 10 µs each, and no option could make that less.
const deltaTimes = 10

// deltaPage finds the changes and writes the page. What it has tracked when its time is up stays tracked, so
// that the next try gets further: the error is a 503, and not a 400 as that of a query.
func (s *Service) deltaPage(ctx context.Context, req *Request, wanted delta) (*Response, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, deltaTimes*s.queryTime, errTimeIsUp)
	defer cancel()
	body, err := s.appendDelta(ctx, req, wanted)
	switch {
	case errors.Is(err, store.ErrForgotten):
		return nil, &problem.Problem{Kind: store.ErrForgotten, Location: deltaLink(req, wanted, ""),
			Message: "The state of this link is not known any more. Get the URL in Location, which returns all statistics, and drop what it does not return."}
	case errors.Is(err, errTimeIsUp):
		return nil, problem.Refuse(problem.ErrUnavailable, "", "Comparing the statistics takes longer than %v. Try again in a moment: it goes on where it was.", deltaTimes*s.queryTime)
	case err != nil:
		return nil, err
	}
	return &Response{Status: http.StatusOK, Preference: wanted.applied, ContentType: wanted.form.ContentType(), Body: body}, nil
}

// appendDelta returns the JSON of the page.
func (s *Service) appendDelta(ctx context.Context, req *Request, wanted delta) (text []byte, err error) {
	span := wanted.span
	if wanted.options.Skiptoken == nil {
		if span.Until, err = s.storeFor(req).Track(ctx, wanted.owner, s.now()); err != nil {
			return nil, err
		}
	}
	var found []store.Tracked
	if wanted.options.Deltatoken == nil || *wanted.options.Deltatoken != latestToken {
		// One more than the page has shows that there is a next page.
		if found, err = s.storeFor(req).Changes(ctx, wanted.owner, span, wanted.size+1); err != nil {
			return nil, err
		}
	}
	link, token := "@odata.deltaLink", "$deltatoken="+deltaToken(wanted.sum, span.Until)
	if len(found) > wanted.size {
		found = found[:wanted.size]
		span.After = found[wanted.size-1].Position
		link, token = "@odata.nextLink", "$skiptoken="+deltaSkipToken(wanted.sum, span)
	}
	text = append(make([]byte, 0, 512*(len(found)+1)), '{')
	if wanted.form.Level != wire.MetadataNone {
		text = wire.AppendMember(text, "@odata.context", deltaContext(req, wanted))
	}
	text = wire.AppendMember(text, link, deltaLink(req, wanted, token))
	text = append(text, `"value":[`...)
	begun := len(text)
	for i := range found {
		if err := context.Cause(ctx); err != nil { // since a filter may be slow
			return nil, err
		}
		text = s.appendChange(text, req, wanted, &found[i])
	}
	if len(text) > begun {
		text = text[:len(text)-1] // the last comma
	}
	return append(text, "]}"...), nil
}

// appendChange appends the JSON of a change and a comma. Who begins has nothing, and is not told what is gone.
func (s *Service) appendChange(text []byte, req *Request, wanted delta, change *store.Tracked) []byte {
	reason := ""
	switch statistic := &change.Statistic; {
	case statistic.Revision == store.NoRevision:
		reason = "deleted"
	case !wanted.filter.Match(statistic):
		reason = "changed"
	default:
		return append(s.appendMember(text, req, wanted.owner, statistic, wanted.form), ',')
	}
	if wanted.span.Since == (store.Mark{}) {
		return text
	}
	text = append(text, '{')
	if req.Asks40 { // an entity of its own, named by its URL (OData JSON 4.0, 14.3)
		text = wire.AppendMember(text, "@odata.context", req.contextURL(wanted.owner, "/activityStatistics/$deletedEntity"))
		text = wire.AppendMember(text, "id", req.entityURL(store.Key{Owner: wanted.owner, ID: change.ID}))
		text = wire.AppendMember(text, "reason", reason)
		return append(text[:len(text)-1], "},"...)
	}
	text = wire.AppendMember(text, "id", change.ID)
	text = wire.AppendMember(append(text, `"@removed":{`...), "reason", reason)
	return append(text[:len(text)-1], "}},"...)
}

// deltaContext returns @odata.context: that of the collection for all statistics, and with $delta for
// changes (OData Protocol 10.14).
func deltaContext(req *Request, wanted delta) string {
	suffix := "/activityStatistics" + req.castSegment() + wanted.form.Selected.Suffix()
	if wanted.span.Since != (store.Mark{}) {
		suffix += "/$delta"
	}
	return req.contextURL(wanted.owner, suffix)
}

// deltaLink returns the URL of the function with the options of the request and a token, "" for none.
func deltaLink(req *Request, wanted delta, token string) string {
	link := req.Root + "/users/" + wanted.owner.User + "/analytics/activityStatistics" + req.castSegment() + "/delta()"
	link += "?$top=" + strconv.Itoa(wanted.size)
	for _, option := range []struct {
		name string
		text *string
	}{{"$filter", wanted.options.Filter}, {"$select", wanted.options.Select}, {"$format", wanted.options.Format}} {
		if option.text != nil {
			link += "&" + option.name + "=" + escapeValue(*option.text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(req.Aliases)) {
		link += "&@" + escapeValue(name[1:]) + "=" + escapeValue(req.Aliases[name])
	}
	if token != "" {
		link += "&" + token
	}
	return link
}
