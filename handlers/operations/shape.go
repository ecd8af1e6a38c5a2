package operations

import (
	"net/http"
	"slices"
	"strings"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
)

// shape is what a response shows of a user or of their analytics: $select and $expand.
type shape struct {
	selected wire.Selection
	expand   []odata.Expansion
	// format is $format, which links to other pages repeat; nil for none.
	format *string
	// version is that of the response.
	version wire.Version
}

// shapeOf reads the options, nil for none. The error names every fault of them.
func (s *Service) shapeOf(req *Request, on *odata.Resource, selected, expand, format *string) (shape, error) {
	wanted := shape{format: format, version: req.Form.Version}
	var faults []gen.ErrorDetail
	var err error
	if selected != nil {
		wanted.selected, err = s.modelFor(req).ParseResourceSelect(on, *selected)
		faults = append(faults, optionFault(err)...)
	}
	if expand != nil {
		wanted.expand, err = s.modelFor(req).ParseExpand(on, *expand)
		faults = append(append(faults, optionFault(err)...), s.expandFaults(wanted.expand)...)
	}
	if len(faults) > 0 {
		return wanted, problem.Invalid(faults...)
	}
	return wanted, nil
}

// expandFaults returns the faults of expansions that ask for more than a list does.
func (s *Service) expandFaults(expand []odata.Expansion) []gen.ErrorDetail {
	var faults []gen.ErrorDetail
	for _, one := range expand {
		for _, bound := range []struct {
			name        string
			given, most int
		}{{"$top", one.Top, s.spec.PageSizeMax}, {"$skip", one.Skip, s.spec.SkipMax}} {
			if bound.given > bound.most {
				faults = append(faults, problem.Fault(gen.InvalidQueryOption, "$expand", "'%s' of %s is %d; it must be at most %d.", bound.name, one.Property, bound.given, bound.most))
			}
		}
		faults = append(faults, s.expandFaults(one.Expand)...)
	}
	return faults
}

// expansion returns the expansion of a navigation property, nil if it is not expanded.
func (w shape) expansion(property string) *odata.Expansion {
	at := slices.IndexFunc(w.expand, func(one odata.Expansion) bool { return one.Property == property })
	if at < 0 {
		return nil
	}
	return &w.expand[at]
}

// shows reports whether the response has a property.
func (w shape) shows(property string) bool {
	return w.selected == nil || slices.Contains(w.selected, "*") || slices.Contains(w.selected, property)
}

// showsPart reports whether the response has a property of a complex property.
func (w shape) showsPart(of, property string) bool {
	return w.shows(of) || slices.Contains(w.selected, of+"/"+property)
}

// suffix returns the part of a context URL for the shape (OData Protocol 10.8 and 10.10).
func (w shape) suffix() string {
	if list := w.selectList(w.selected, w.expand); len(list) > 0 {
		return "(" + strings.Join(list, ",") + ")"
	}
	return ""
}

// selectList returns the items of a context URL. In OData 4.0 an expansion without a $select or $expand
// of its own is left out.
func (w shape) selectList(selected []string, expand []odata.Expansion) []string {
	list := slices.Clone(selected)
	for _, one := range expand {
		if w.version == wire.Version401 && !one.CountOnly || one.Select != nil || one.Expand != nil {
			list = append(list, one.Property+"("+strings.Join(w.selectList(one.Select, one.Expand), ",")+")")
		}
	}
	return list
}

// appendControl appends the control information of an entity that is no statistic: the context, "" for
// none, and at the level full the type and the URL of the entity (OData JSON 3.1.2).
func appendControl(text []byte, form wire.Form, context, typeName, self string) []byte {
	if context != "" && form.Level != wire.MetadataNone {
		text = wire.AppendMember(text, "@odata.context", context)
	}
	if form.Level == wire.MetadataFull {
		text = wire.AppendMember(text, "@odata.type", "#"+typeName)
		text = wire.AppendMember(text, "@odata.id", self)
		text = wire.AppendMember(text, "@odata.editLink", self)
	}
	return text
}

// objectResponse returns 200 with a JSON object.
func objectResponse(req *Request, object []byte) *Response {
	return &Response{Status: http.StatusOK, ContentType: req.Form.ContentType(), Body: object}
}
