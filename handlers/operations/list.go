package operations

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// page is the part of a collection that a request asks for, and how the response writes it.
type page struct {
	// query has a Limit of size+1: the one statistic more shows that there is a next page.
	query   store.Query
	size    int
	isLast  bool // a next page is not asked for
	counted bool
	form    wire.Form
	applied string // Preference-Applied
}

// List is GET on the collection: one page of it.
func (s *Service) List(ctx context.Context, req *Request, userID string, options gen.ListUserStatisticsParams) (*Response, error) {
	owner, err := s.readable(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	if tracks(req, options) {
		return s.listTracked(ctx, req, owner, options)
	}
	wanted, err := s.pageOf(req, options)
	if err != nil {
		return nil, err
	}
	var found []store.Statistic
	next, count := "", -1
	err = s.withinTime(ctx, longest(options), func(ctx context.Context) (err error) {
		if found, next, err = s.fetch(ctx, req, owner, wanted, options); err == nil && wanted.counted {
			count, err = s.storeFor(req).Count(ctx, owner, wanted.query.Filter)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Response{
		Status:      http.StatusOK,
		Preference:  wanted.applied,
		ContentType: wanted.form.ContentType(),
		Body:        s.appendPage(make([]byte, 0, 1024), req, owner, wanted.form, count, next, found),
	}, nil
}

// appendPage appends the JSON of a page. The count is -1 and next is "" if the page has none.
func (s *Service) appendPage(text []byte, req *Request, owner store.Owner, form wire.Form, count int, next string, found []store.Statistic) []byte {
	text = append(text, '{')
	if form.Level != wire.MetadataNone {
		text = wire.AppendMember(text, "@odata.context", req.listContext(owner, form.Selected))
	}
	if count >= 0 {
		text = append(append(text, `"@odata.count":`...), strconv.Itoa(count)...)
		text = append(text, ',')
	}
	if next != "" {
		text = wire.AppendMember(text, "@odata.nextLink", next)
	}
	return append(s.appendStatistics(append(text, `"value":`...), req, owner, found, form), '}')
}

// fetch reads one page and returns it with the URL of the next page, "" for none. A page of size 0
// has neither.
func (s *Service) fetch(ctx context.Context, req *Request, owner store.Owner, wanted page, options gen.ListUserStatisticsParams) ([]store.Statistic, string, error) {
	if wanted.size == 0 {
		return nil, "", nil
	}
	if err := checkSkip(wanted.query); err != nil {
		return nil, "", err
	}
	found, err := s.storeFor(req).List(ctx, owner, wanted.query)
	if err != nil || len(found) <= wanted.size {
		return found, "", err
	}
	found = found[:wanted.size]
	if wanted.isLast {
		return found, "", nil
	}
	last := store.PositionOf(wanted.query.Order, &found[wanted.size-1])
	return found, nextLink(req, owner, options, wanted.size, last), nil
}

// maxCalculatedSkip is the most statistics that a query leaves out if its order is calculated: a store has
// all of them in memory then (store.Sorter).
const maxCalculatedSkip = 10_000

// checkSkip refuses a query that leaves out more.
func checkSkip(query store.Query) error {
	if query.Skip <= maxCalculatedSkip || store.OrderedByProperties(query.Order) {
		return nil
	}
	return problem.Invalid(problem.Fault(gen.InvalidValue, "$skip",
		"'$skip' is %d; with an expression in $orderby it must be at most %d.", query.Skip, maxCalculatedSkip))
}

// pageOf reads the options. The error names every fault of them.
func (s *Service) pageOf(req *Request, options gen.ListUserStatisticsParams) (page, error) {
	wanted := page{form: req.Form, counted: options.Count != nil && *options.Count}
	wanted.size, wanted.isLast, wanted.applied = s.listSize(req, options)
	wanted.applied = joined(wanted.applied, req.Form.Preference())
	wanted.query.Limit = wanted.size + 1
	if options.Skip != nil {
		wanted.query.Skip = int(*options.Skip)
	}
	req.clock.Now = firstPageTime(options.Skiptoken)
	var faults []gen.ErrorDetail
	var err error
	wanted.query.Filter, err = s.filter(req, options.Filter)
	faults = append(faults, optionFault(err)...)
	if options.Orderby != nil {
		wanted.query.Order, err = s.modelFor(req).ParseOrderBy(*options.Orderby)
		faults = append(faults, optionFault(err)...)
	}
	wanted.form.Selected, err = s.selection(options.Select)
	faults = append(faults, optionFault(err)...)
	if len(faults) > 0 {
		return wanted, problem.Invalid(faults...)
	}
	wanted.query.After, err = startAfter(options.Skiptoken, wanted.query.Order)
	return wanted, err
}

// filter reads $filter, nil for none, and adds the cast of the URL.
func (s *Service) filter(req *Request, text *string) (store.Expr, error) {
	if text == nil {
		return req.ofCast(nil), nil
	}
	filter, err := s.modelFor(req).ParseFilter(*text)
	return req.ofCast(filter), err
}

// ofCast adds the cast of the URL to a filter, nil for none.
func (r *Request) ofCast(filter store.Expr) store.Expr {
	if r.Cast == nil {
		return filter
	}
	cast := store.IsOf{Type: r.Cast.Stored}
	if filter == nil {
		return cast
	}
	return store.Binary{Op: store.And, X: cast, Y: filter}
}

// selection reads $select, nil for none.
func (s *Service) selection(text *string) (wire.Selection, error) {
	if text == nil {
		return nil, nil
	}
	return s.spec.Model.ParseSelect(*text)
}

// optionFault returns an error of odata as a fault, none for any other error.
func optionFault(err error) []gen.ErrorDetail {
	if err == nil {
		return nil
	}
	var wrong *odata.Error
	if !errors.As(err, &wrong) {
		return nil
	}
	code := gen.InvalidQueryOption
	if wrong.NotImplemented {
		code = gen.NotSupported
	}
	return []gen.ErrorDetail{problem.Fault(code, wrong.Option, "%s.", strings.TrimSuffix(wrong.Error(), "."))}
}

// pageSize returns the smaller of $top and odata.maxpagesize, within the contract's bound, and
// Preference-Applied.
func (s *Service) pageSize(options gen.ListUserStatisticsParams) (size int, applied string) {
	size = s.spec.PageSize
	if options.Top != nil {
		size = int(*options.Top)
	}
	prefer := parsePrefer(options.Prefer)
	asked := min(prefer.maxPageSize, s.spec.PageSizeMax)
	if asked > 0 && (options.Top == nil || asked < size) {
		return asked, prefer.pageSizeName + "=" + strconv.Itoa(asked)
	}
	return size, ""
}

// isTopLimit reports whether $top says how many there are on all pages, as it does to a client of OData 4.01
// (Protocol 11.2.6.3). In the link to a next page, which has a $skiptoken, it is the size of that page for
// every client.
func isTopLimit(req *Request, options gen.ListUserStatisticsParams) bool {
	return req.Form.Version == wire.Version401 && options.Top != nil && options.Skiptoken == nil
}

// listSize is pageSize for a list, of which the page may be the last one that is asked for.
func (s *Service) listSize(req *Request, options gen.ListUserStatisticsParams) (size int, isLast bool, applied string) {
	if isTopLimit(req, options) {
		return int(*options.Top), true, ""
	}
	size, applied = s.pageSize(options)
	return size, false, applied
}

// nextLink returns the URL of the page that follows the position. It repeats the whole query, because
// clients follow it without the headers of the first request, except $skip, which is done.
func nextLink(req *Request, owner store.Owner, options gen.ListUserStatisticsParams, size int, last store.Position) string {
	link := req.listURL(owner) + "?$top=" + strconv.Itoa(size)
	if options.Count != nil {
		link += "&$count=" + strconv.FormatBool(*options.Count)
	}
	link += linkOptions(req, []textOption{{"$filter", options.Filter}, {"$orderby", options.Orderby}, {"$select", options.Select}, {"$format", options.Format}})
	return link + "&$skiptoken=" + skipToken(last, req.clock)
}

// textOption is a query option of a link. Its text is nil if the query does not have it.
type textOption struct {
	name string
	text *string
}

// linkOptions returns the options and the request's aliases as more options of a link.
func linkOptions(req *Request, options []textOption) (query string) {
	for _, option := range options {
		if option.text != nil {
			query += "&" + option.name + "=" + escapeValue(*option.text)
		}
	}
	if len(req.Aliases) == 0 {
		return query
	}
	for _, name := range slices.Sorted(maps.Keys(req.Aliases)) {
		query += "&@" + escapeValue(name[1:]) + "=" + escapeValue(req.Aliases[name])
	}
	return query
}

// escapeValue escapes the value of a query option. Not every client reads + as a space.
func escapeValue(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// appendStatistics appends the JSON array of statistics.
func (s *Service) appendStatistics(text []byte, req *Request, owner store.Owner, statistics []store.Statistic, form wire.Form) []byte {
	text = append(text, '[')
	begin := len(text)
	for i := range statistics {
		if i == 1 { // room for all, and an eighth more, if they are as long as the first
			text = slices.Grow(text, (len(text)-begin)*len(statistics)*9/8)
		}
		if i > 0 {
			text = append(text, ',')
		}
		if req.References {
			text = appendReference(text, req.entityURL(store.Key{Owner: owner, ID: statistics[i].ID}))
			continue
		}
		text = s.appendMember(text, req, owner, &statistics[i], form)
	}
	return append(text, ']')
}

// appendMember appends the JSON of a statistic within a collection.
func (s *Service) appendMember(text []byte, req *Request, owner store.Owner, statistic *store.Statistic, form wire.Form) []byte {
	var links wire.Links
	if form.Level == wire.MetadataFull {
		links.Self = req.entityURL(store.Key{Owner: owner, ID: statistic.ID})
	}
	return s.spec.ByStoreType[statistic.Type].AppendEntity(text, statistic, form, links)
}
