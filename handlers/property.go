package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"afterhours/gen"
	"afterhours/store"
)

// property answers GET on a property of a statistic with its value in an object, or
// bare; 204 where it is null (OData 11.2.4).
func (s *Server) property(ctx context.Context, userID, id string, name gen.PropertyName, bare bool) (*answer, error) {
	ctx, known := begin(ctx)
	owner, err := s.owner(ctx, known, userID)
	if err != nil {
		return nil, err
	}
	statistic, err := s.readStatistic(ctx, known, store.Key{Owner: owner, ID: id})
	if err != nil {
		return nil, err
	}
	value, err := s.valueOf(&statistic, string(name), known.form)
	switch {
	case err != nil:
		return nil, err
	case !value.Valid:
		return &answer{status: http.StatusNoContent}, nil
	case bare:
		return &answer{status: http.StatusOK, contentType: "text/plain;charset=utf-8", body: []byte(value.Value)}, nil
	}
	text := []byte{'{'}
	if known.form.level != metadataNone {
		text = appendMember(text, "@odata.context", contextURL(known, owner, "/activityStatistics('"+id+"')/"+string(name)))
	}
	text = appendMember(text, "value", value.Value)
	text[len(text)-1] = '}' // in place of the last comma
	return &answer{status: http.StatusOK, contentType: known.form.contentType(), body: text}, nil
}

// valueOf returns a property's text; a type that does not have it is a 404, as the
// URL then names nothing.
func (s *Server) valueOf(statistic *store.Statistic, name string, as form) (store.Null[string], error) {
	t := s.contract.byStoreType[statistic.Type]
	values := append(t.values(statistic, as), propertyValue{name: "id", text: store.Of(statistic.ID)})
	i := slices.IndexFunc(values, func(value propertyValue) bool { return value.name == name })
	if i < 0 {
		return store.Null[string]{}, refuse(errUnknown, "property",
			"The property '%s' does not exist on type '%s'.", name, strings.TrimPrefix(t.name, "#"))
	}
	return values[i].text, nil
}
