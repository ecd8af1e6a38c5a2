package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/store"
)

// listOptions are the query options of a collection, and its Prefer header, nil
// where absent.
type listOptions = gen.ListMyStatisticsParams

// page is what a request wants of a collection, and how it is answered.
type page struct {
	query   store.Query // its Limit is one more than the size: it tells whether there is more
	size    int
	counted bool
	form    form
	applied string // what of Prefer was followed
}

// list answers GET on the collection with one page of it.
func (s *Server) list(ctx context.Context, userID string, options listOptions) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.readable(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	wanted, err := s.pageOf(known, options)
	if err != nil {
		return nil, err
	}
	found, next, err := s.fetch(ctx, known, owner, wanted, options)
	if err != nil {
		return nil, err
	}
	count := -1
	if wanted.counted {
		if count, err = known.store.Count(ctx, owner, wanted.query.Filter); err != nil {
			return nil, err
		}
	}
	context := contextURL(known, owner, "/activityStatistics"+known.castSegment()+wanted.form.selected.suffix())
	text := append(make([]byte, 0, 512*(len(found)+1)), '{')
	if wanted.form.level != metadataNone {
		text = appendMember(text, "@odata.context", context)
	}
	if count >= 0 {
		text = append(append(text, `"@odata.count":`...), strconv.Itoa(count)...)
		text = append(text, ',')
	}
	if next != "" {
		text = appendMember(text, "@odata.nextLink", next)
	}
	text = append(s.appendStatistics(append(text, `"value":`...), known, owner, found, wanted.form), '}')
	return &answer{status: http.StatusOK, preference: wanted.applied, contentType: wanted.form.contentType(), body: text}, nil
}

// fetch reads one page and returns it with the URL of the next one, "" for none.
func (s *Server) fetch(ctx context.Context, known *request, owner store.Owner, wanted page, options listOptions) ([]store.Statistic, string, error) {
	found, err := known.store.List(ctx, owner, wanted.query)
	if err != nil || len(found) <= wanted.size {
		return found, "", err
	}
	found = found[:wanted.size]
	last := store.PositionOf(wanted.query.Order, &found[wanted.size-1])
	return found, nextLink(known, owner, options, wanted.size, last), nil
}

// pageOf reads the options; all that is wrong with them is told at once.
func (s *Server) pageOf(known *request, options listOptions) (page, error) {
	wanted := page{form: known.form, counted: options.Count != nil && *options.Count}
	wanted.size, wanted.applied = s.pageSize(options)
	wanted.query.Limit = wanted.size + 1
	if options.Skip != nil {
		wanted.query.Skip = int(*options.Skip)
	}
	var faults []gen.ErrorDetail
	var err error
	wanted.query.Filter, err = s.filter(known, options.Filter)
	faults = append(faults, optionFault(err)...)
	if options.Orderby != nil {
		wanted.query.Order, err = s.contract.model.ParseOrderBy(*options.Orderby)
		faults = append(faults, optionFault(err)...)
	}
	wanted.form.selected, err = s.selection(options.Select)
	faults = append(faults, optionFault(err)...)
	if len(faults) > 0 {
		return wanted, invalid(faults)
	}
	wanted.query.After, err = startAfter(options.Skiptoken, wanted.query.Order)
	return wanted, err
}

// filter reads $filter, nil for none, and adds the cast of the URL to it.
func (s *Server) filter(known *request, text *string) (store.Expr, error) {
	var filter store.Expr
	if text != nil {
		var err error
		if filter, err = s.contract.model.ParseFilter(*text); err != nil {
			return nil, err
		}
	}
	if known.cast == nil {
		return filter, nil
	}
	cast := store.IsOf{Type: known.cast.stored}
	if filter == nil {
		return cast, nil
	}
	return store.Binary{Op: store.And, X: cast, Y: filter}, nil
}

// selection reads $select, nil for none.
func (s *Server) selection(text *string) (selection, error) {
	if text == nil {
		return nil, nil
	}
	return s.contract.model.ParseSelect(*text)
}

// optionFault returns the fault that an error of odata is, none for nil.
func optionFault(err error) []gen.ErrorDetail {
	var wrong *odata.Error
	if !errors.As(err, &wrong) {
		return nil
	}
	return []gen.ErrorDetail{fault(gen.InvalidQueryOption, wrong.Option, "%s", wrong)}
}

// pageSize returns the size that the client asked for, the smaller of $top and
// odata.maxpagesize, within the contract's bound, and what of Prefer it followed.
func (s *Server) pageSize(options listOptions) (size int, applied string) {
	size = s.contract.pageSize
	if options.Top != nil {
		size = int(*options.Top)
	}
	asked := min(parsePrefer(options.Prefer).maxPageSize, s.contract.pageSizeMax)
	if asked > 0 && (options.Top == nil || asked < size) {
		return asked, "odata.maxpagesize=" + strconv.Itoa(asked)
	}
	return size, ""
}

// nextLink returns the URL of the page behind the position. It says all of the query,
// since clients follow it without the headers of the first request; but for $skip,
// which is done.
func nextLink(known *request, owner store.Owner, options listOptions, size int, last store.Position) string {
	link := known.root + "/users/" + owner.User + "/analytics/activityStatistics" + known.castSegment()
	link += "?$top=" + strconv.Itoa(size)
	if options.Count != nil {
		link += "&$count=" + strconv.FormatBool(*options.Count)
	}
	for _, option := range []struct {
		name string
		text *string
	}{{"$filter", options.Filter}, {"$orderby", options.Orderby}, {"$select", options.Select}} {
		if option.text != nil {
			// not every client takes + for a space
			link += "&" + option.name + "=" + strings.ReplaceAll(url.QueryEscape(*option.text), "+", "%20")
		}
	}
	return link + "&$skiptoken=" + skipToken(last)
}

// appendStatistics appends the JSON array of statistics.
func (s *Server) appendStatistics(text []byte, known *request, owner store.Owner, statistics []store.Statistic, as form) []byte {
	text = append(text, '[')
	for i := range statistics {
		if i > 0 {
			text = append(text, ',')
		}
		at := place{url: entityURL(known, store.Key{Owner: owner, ID: statistics[i].ID})}
		text = s.contract.byStoreType[statistics[i].Type].appendEntity(text, &statistics[i], as, at)
	}
	return append(text, ']')
}
