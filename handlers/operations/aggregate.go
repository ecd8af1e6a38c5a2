package operations

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// groupsPage is the part of the groups that a request asks for, and how the response writes it.
type groupsPage struct {
	*odata.Applied
	filter     store.Expr
	order      []store.Order
	skip, size int
	isCounted  bool
	form       wire.Form
	isLast     bool   // a next page is not asked for
	preference string // Preference-Applied
}

// Aggregate is GET on the collection with $apply: one page of groups (OData Data Aggregation 4.0).
func (s *Service) Aggregate(ctx context.Context, req *Request, userID string, options gen.AggregateUserStatisticsParams) (*Response, error) {
	owner, err := s.readable(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	wanted, err := s.groupsPageOf(req, options)
	if err != nil {
		return nil, err
	}
	var groups []store.Group
	err = s.withinTime(ctx, "$apply", func(ctx context.Context) (err error) {
		if groups, err = s.storeFor(req).Aggregate(ctx, owner, wanted.Aggregation); err == nil {
			groups, err = wanted.transform(ctx, groups)
		}
		return err
	})
	if err != nil {
		return nil, refuseGroups(err)
	}
	count, next := -1, ""
	if wanted.isCounted {
		count = len(groups)
	}
	if end := wanted.skip + wanted.size; wanted.size > 0 && end < len(groups) && !wanted.isLast {
		next = nextGroups(req, owner, options, wanted.size, end)
	}
	groups = groups[min(wanted.skip, len(groups)):]
	groups = groups[:min(wanted.size, len(groups))]
	return &Response{
		Status:      http.StatusOK,
		Preference:  wanted.preference,
		ContentType: wanted.form.ContentType(),
		Body:        wanted.appendPage(nil, req, owner, count, next, groups),
	}, nil
}

// groupsPageOf reads the options. The error names every fault of them. $filter, $orderby and $select
// are about the result of $apply, and cannot be read without it.
func (s *Service) groupsPageOf(req *Request, options gen.AggregateUserStatisticsParams) (groupsPage, error) {
	wanted := groupsPage{form: req.Form, isCounted: options.Count != nil && *options.Count}
	wanted.size, wanted.isLast, wanted.preference = s.listSize(req, gen.ListUserStatisticsParams{Top: options.Top, Prefer: options.Prefer})
	if options.Skip != nil {
		wanted.skip = int(*options.Skip)
	}
	var err error
	model := s.spec.Model.With(req.Aliases) // without a clock: the link to the next page could not repeat now()
	if wanted.Applied, err = model.ParseApply(options.Apply); err != nil {
		return wanted, problem.Invalid(optionFault(err)...)
	}
	if req.Cast != nil {
		wanted.Aggregation.Filter = both(store.IsOf{Type: req.Cast.Stored}, wanted.Aggregation.Filter)
	}
	var faults []gen.ErrorDetail
	if options.Filter != nil {
		wanted.filter, err = wanted.Model.ParseFilter(*options.Filter)
		faults = append(faults, optionFault(err)...)
	}
	if options.Orderby != nil {
		wanted.order, err = wanted.Model.ParseOrderBy(*options.Orderby)
		faults = append(faults, optionFault(err)...)
	}
	if options.Select != nil {
		wanted.form.Selected, err = wanted.Model.ParseSelect(*options.Select)
		faults = append(faults, optionFault(err)...)
	}
	if len(faults) > 0 {
		return wanted, problem.Invalid(faults...)
	}
	return wanted, nil
}

// both returns the conjunction of two conditions, of which the second one may be nil.
func both(x, y store.Expr) store.Expr {
	if y == nil {
		return x
	}
	return store.Binary{Op: store.And, X: x, Y: y}
}

// transform returns what the transformations after the first groups, the filter and the order make of
// them. Groups that the order does not tell apart stay in the order of their keys.
func (p *groupsPage) transform(ctx context.Context, groups []store.Group) ([]store.Group, error) {
	steps := p.Then
	names := columnNames(p.Columns)
	if p.filter != nil {
		steps = append(slices.Clip(steps), store.Transformation{Names: names, Filter: p.filter})
	}
	var err error
	for _, step := range steps {
		if groups, err = step.Of(ctx, groups); err != nil {
			return nil, err
		}
	}
	if len(p.order) > 0 {
		store.SortGroups(p.order, names, groups)
	}
	return groups, context.Cause(ctx)
}

func columnNames(columns []odata.Column) []store.PropertyName {
	names := make([]store.PropertyName, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	return names
}

// refuseGroups returns the problem of an aggregation without a result, and any other error as it is.
func refuseGroups(err error) error {
	var many *store.GroupsError
	var beyond *store.RangeError
	switch {
	case errors.As(err, &many):
		return problem.Refuse(problem.ErrStopped, "$apply", "The result has too many groups: at most %d groups and distinct values, "+
			"and %d MiB of texts in them. Put a filter before groupby, or group by less: by month(startDate) in place of startDate.",
			store.MaxGroups, store.MaxGroupText>>20)
	case errors.As(err, &beyond):
		return problem.Refuse(problem.ErrStopped, "$apply", "A sum is out of the range of its type: a duration is from "+
			"-P10675199DT2H48M5.4775808S to P10675199DT2H48M5.4775807S, a number from -922337203685.4775808 to "+
			"922337203685.4775807. Put a filter before it, or take the average.")
	}
	return err
}

// nextGroups returns the URL of the page of groups that begins after skip groups. It repeats the whole
// query, as nextLink does. To a client of OData 4.01, $top would be how many there are from there on.
func nextGroups(req *Request, owner store.Owner, options gen.AggregateUserStatisticsParams, size, skip int) string {
	link := req.Root + "/users/" + owner.User + "/analytics/activityStatistics" + req.castSegment() + "?$skip=" + strconv.Itoa(skip)
	if req.Form.Version != wire.Version401 {
		link += "&$top=" + strconv.Itoa(size)
	}
	if options.Count != nil {
		link += "&$count=" + strconv.FormatBool(*options.Count)
	}
	return link + linkOptions(req, []textOption{{"$apply", &options.Apply}, {"$filter", options.Filter}, {"$orderby", options.Orderby}, {"$select", options.Select}, {"$format", options.Format}})
}
