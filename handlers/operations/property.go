package operations

import (
	"context"
	"net/http"
	"slices"

	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// Property is GET on a property of a statistic: its value in an object, or bare. A null value is
// 204 (OData 11.2.4).
func (s *Service) Property(ctx context.Context, req *Request, userID, id string, name gen.PropertyName, bare bool) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	statistic, err := s.readStatistic(ctx, req, store.Key{Owner: owner, ID: id})
	if err != nil {
		return nil, err
	}
	value, err := s.valueOf(&statistic, string(name), req.Form)
	switch {
	case err != nil:
		return nil, err
	case !value.Valid:
		return noContent(), nil
	case bare:
		return &Response{Status: http.StatusOK, ContentType: "text/plain;charset=utf-8", Body: []byte(value.Value)}, nil
	}
	text := []byte{'{'}
	if req.Form.Level != wire.MetadataNone {
		text = wire.AppendMember(text, "@odata.context", req.contextURL(owner, "/activityStatistics('"+id+"')/"+string(name)))
	}
	text = wire.AppendMember(text, "value", value.Value)
	text[len(text)-1] = '}' // in place of the last comma
	return &Response{Status: http.StatusOK, ContentType: req.Form.ContentType(), Body: text}, nil
}

// valueOf returns the text of a property. If the type does not have the property, the URL names
// nothing and the error is a 404.
func (s *Service) valueOf(statistic *store.Statistic, name string, form wire.Form) (store.Null[string], error) {
	t := s.spec.ByStoreType[statistic.Type]
	values := append(t.Values(statistic, form), wire.PropertyValue{Name: "id", Text: store.Of(statistic.ID)})
	i := slices.IndexFunc(values, func(value wire.PropertyValue) bool { return value.Name == name })
	if i < 0 {
		return store.Null[string]{}, noProperty(t, name)
	}
	return values[i].Text, nil
}

func noProperty(t *wire.Type, name string) error {
	return problem.Refuse(problem.ErrUnknown, "property", "The property '%s' does not exist on type '%s'.", name, t.Qualified())
}

// SetProperty is PUT, PATCH and DELETE on a property of a statistic, or on its $value: 204 with the entity
// tag of the statistic (OData 11.4.9). The body has the property alone.
func (s *Service) SetProperty(ctx context.Context, req *Request, userID, id string, name gen.PropertyName,
	body *gen.ActivityStatisticsUpdate, params gen.ReplaceUserStatisticPropertyParams) (*Response, error) {
	response, err := s.update(ctx, req, userID, nil, change{
		key:       store.Key{ID: id},
		body:      body,
		condition: precondition{params.IfMatch, params.IfNoneMatch},
		prefer:    preferences{minimal: true},
		property:  name,
	})
	if err != nil {
		return nil, err
	}
	response.Preference = "" // the client asked for none
	return response, nil
}
