package operations

import (
	"context"
	"strconv"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// statisticsProperty is the navigation property from the analytics to the statistics.
const statisticsProperty = "activityStatistics"

// Analytics is GET on the analytics of a user: the settings and, if expanded, the first page of the
// statistics.
func (s *Service) Analytics(ctx context.Context, req *Request, userID string, params gen.GetUserAnalyticsParams) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	wanted, err := s.shapeOf(req, s.spec.Analytics, params.Select, params.Expand, params.Format)
	if err != nil {
		return nil, err
	}
	object, err := s.appendAnalytics(ctx, nil, req, owner, wanted, req.contextURL(owner, wanted.suffix()+"/$entity"))
	if err != nil {
		return nil, err
	}
	response := objectResponse(req, object)
	if wanted.expansion(statisticsProperty) != nil {
		response.Preference = req.Form.Preference()
	}
	return response, nil
}

// UpdateAnalytics is PATCH on the analytics: only their settings can change.
func (s *Service) UpdateAnalytics(ctx context.Context, req *Request, userID string, body *gen.UserAnalyticsUpdate, params gen.UpdateUserAnalyticsParams) (*Response, error) {
	if body.Settings == nil {
		body.Settings = &gen.SettingsUpdate{}
	}
	patch := settingsPatch{body.ID, body.Settings, precondition{params.IfMatch, params.IfNoneMatch}, parsePrefer(params.Prefer)}
	return s.changeSettings(ctx, req, userID, patch, func(req *Request, owner store.Owner, stored store.Settings) (*Response, error) {
		text := appendAnalyticsStart(nil, req, owner, stored, shape{}, req.contextURL(owner, "/$entity"))
		return objectResponse(req, endObject(text)), nil
	})
}

// appendAnalytics appends the JSON of a user's analytics. The context is "" within another entity.
func (s *Service) appendAnalytics(ctx context.Context, text []byte, req *Request, owner store.Owner, wanted shape, context string) ([]byte, error) {
	stored, err := s.storeFor(req).Settings(ctx, owner)
	if err != nil {
		return nil, err
	}
	text = appendAnalyticsStart(text, req, owner, stored, wanted, context)
	if expansion := wanted.expansion(statisticsProperty); expansion != nil {
		if err := privacy(stored); err != nil {
			return nil, err
		}
		text, err = s.appendExpanded(ctx, text, req, owner, expansion, wanted.format)
	}
	return endObject(text), err
}

// endObject replaces the last comma by the end of the object.
func endObject(text []byte) []byte {
	if len(text) > 0 {
		text[len(text)-1] = '}'
	}
	return text
}

// appendAnalyticsStart appends everything but the statistics. The annotations of a property stand
// directly before it, as odata.streaming=true demands (OData JSON 4.4), so the links of the statistics
// are the end.
func appendAnalyticsStart(text []byte, req *Request, owner store.Owner, stored store.Settings, wanted shape, context string) []byte {
	self := req.analyticsURL(owner)
	text = appendControl(append(text, '{'), req.Form, context, "microsoft.graph.userAnalytics", self)
	text = wire.AppendMember(text, "id", owner.User)
	text = appendSettings(text, req.Form, stored, wanted)
	if req.Form.Level == wire.MetadataFull && (wanted.shows(statisticsProperty) || wanted.expansion(statisticsProperty) != nil) {
		text = wire.AppendMember(text, statisticsProperty+"@odata.associationLink", self+"/activityStatistics/$ref")
		text = wire.AppendMember(text, statisticsProperty+"@odata.navigationLink", self+"/activityStatistics")
	}
	return text
}

// appendSettings appends the member with the settings that are shown, if there are any.
func appendSettings(text []byte, form wire.Form, stored store.Settings, wanted shape) []byte {
	start := len(text)
	text = append(text, `"settings":{`...)
	if form.Level == wire.MetadataFull {
		text = wire.AppendMember(text, "@odata.type", "#microsoft.graph.settings")
	}
	shown := false
	for _, setting := range []struct {
		name  string
		value bool
	}{{"hasGraphMailbox", stored.HasGraphMailbox}, {"hasLicense", stored.HasLicense}, {"hasOptedOut", stored.HasOptedOut}} {
		if wanted.showsPart("settings", setting.name) {
			shown = true
			text = strconv.AppendBool(append(text, `"`+setting.name+`":`...), setting.value)
			text = append(text, ',')
		}
	}
	if !shown {
		return text[:start]
	}
	return append(endObject(text), ',')
}

// appendExpanded appends the statistics of an expansion, and before them their number and the link to
// the next page.
func (s *Service) appendExpanded(ctx context.Context, text []byte, req *Request, owner store.Owner, expansion *odata.Expansion, format *string) ([]byte, error) {
	of := *req // the request of the list that the expansion stands for
	of.Cast, of.Form.Selected = s.spec.ByStoreType[expansion.Cast], expansion.Select
	wanted, options := s.expandedPage(&of, expansion)
	options.Format = format
	var found []store.Statistic
	next, count := "", 0
	err := s.withinTime(ctx, "$expand", func(ctx context.Context) (err error) {
		if !expansion.CountOnly {
			if found, next, err = s.fetch(ctx, &of, owner, wanted, options); err != nil {
				return err
			}
		}
		if wanted.counted {
			count, err = s.storeFor(req).Count(ctx, owner, wanted.query.Filter)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if wanted.counted {
		text = append(append(text, `"`+statisticsProperty+`@odata.count":`...), strconv.Itoa(count)...)
		text = append(text, ',')
	}
	if next != "" {
		text = wire.AppendMember(text, statisticsProperty+"@odata.nextLink", next)
	}
	if expansion.CountOnly {
		return text, nil
	}
	text = append(text, `"`+statisticsProperty+`":`...)
	return append(s.appendStatistics(text, &of, owner, found, of.Form), ','), nil
}

// expandedPage returns the page of an expansion, and the options of a list that begins with it.
func (s *Service) expandedPage(req *Request, expansion *odata.Expansion) (page, gen.ListUserStatisticsParams) {
	options := gen.ListUserStatisticsParams{}
	if top := gen.PageSize(expansion.Top); top >= 0 {
		options.Top = &top
	}
	counted := expansion.Count || expansion.CountOnly
	wanted := page{form: req.Form, counted: counted}
	wanted.size, wanted.isLast, _ = s.listSize(req, options)
	wanted.query = store.Query{Filter: req.ofCast(expansion.Filter), Order: expansion.OrderBy, Skip: expansion.Skip, Limit: wanted.size + 1}
	if _, given := expansion.Texts["$count"]; given {
		options.Count = &counted
	}
	for name, field := range map[string]**string{"$filter": &options.Filter, "$orderby": &options.Orderby, "$select": &options.Select} {
		if text, given := expansion.Texts[name]; given {
			*field = &text
		}
	}
	return wanted, options
}
