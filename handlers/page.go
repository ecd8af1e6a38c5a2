package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"afterhours/gen"
	"afterhours/store"
)

// pageOptions are the query options of a collection, and its Prefer header, nil
// where absent.
type pageOptions struct {
	top       *gen.PageSize
	skiptoken *string
	count     *bool
	prefer    *string
}

// list answers GET on the collection with one page of it.
func (s *Server) list(ctx context.Context, userID string, options pageOptions) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	size, applied := s.pageSize(options)
	after, err := startAfter(options.skiptoken, nil)
	if err != nil {
		return nil, err
	}
	page, err := s.store.List(ctx, owner, store.Query{After: after, Limit: size + 1}) // one more tells whether there is more
	if err != nil {
		return nil, err
	}
	count := -1
	if options.count != nil && *options.count {
		if count, err = s.store.Count(ctx, owner, nil); err != nil {
			return nil, err
		}
	}
	next := ""
	if len(page) > size {
		page = page[:size]
		next = nextLink(known, owner, options, size, store.PositionOf(nil, &page[size-1]))
	}
	return &answer{
		status:      http.StatusOK,
		preference:  applied,
		contentType: contentTypeJSON,
		body:        s.appendCollection(page, contextURL(known, owner, "/activityStatistics"), count, next),
	}, nil
}

// pageSize returns the size that the client asked for, the smaller of $top and
// odata.maxpagesize, within the contract's bound, and what of Prefer it followed.
func (s *Server) pageSize(options pageOptions) (size int, applied string) {
	size = s.contract.pageSize
	if options.top != nil {
		size = int(*options.top)
	}
	asked := min(parsePrefer(options.prefer).maxPageSize, s.contract.pageSizeMax)
	if asked > 0 && (options.top == nil || asked < size) {
		return asked, "odata.maxpagesize=" + strconv.Itoa(asked)
	}
	return size, ""
}

// nextLink returns the URL of the page behind the position. It says all of the query,
// since clients follow it without the headers of the first request.
func nextLink(known *request, owner store.Owner, options pageOptions, size int, last store.Position) string {
	link := known.root + "/users/" + owner.User + "/analytics/activityStatistics"
	link += "?$top=" + strconv.Itoa(size)
	if options.count != nil {
		link += "&$count=" + strconv.FormatBool(*options.count)
	}
	return link + "&$skiptoken=" + url.QueryEscape(skipToken(last))
}

// appendCollection returns the JSON of a page; count is -1 and next "" if absent.
func (s *Server) appendCollection(page []store.Statistic, context string, count int, next string) []byte {
	text := append(make([]byte, 0, 512*(len(page)+1)), '{')
	text = appendMember(text, "@odata.context", context)
	if count >= 0 {
		text = append(append(text, `"@odata.count":`...), strconv.Itoa(count)...)
		text = append(text, ',')
	}
	if next != "" {
		text = appendMember(text, "@odata.nextLink", next)
	}
	text = append(text, `"value":[`...)
	for i := range page {
		if i > 0 {
			text = append(text, ',')
		}
		text = s.contract.byStoreType[page[i].Type].appendEntity(text, &page[i], "")
	}
	return append(text, "]}"...)
}
