package operations

import (
	"context"
	"errors"

	"afterhours/gen"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// The properties of a user that are not the id.
const (
	nameProperty      = "userPrincipalName"
	analyticsProperty = "analytics"
)

// User is GET on a user. Any object id may own statistics, so any is found.
func (s *Service) User(ctx context.Context, req *Request, userID string, params gen.GetUserParams) (*Response, error) {
	owner, err := s.owner(ctx, req, userID)
	if err != nil {
		return nil, err
	}
	wanted, err := s.shapeOf(req, s.spec.User, params.Select, params.Expand, params.Format)
	if err != nil {
		return nil, err
	}
	person := store.Person{Owner: owner}
	if wanted.shows(nameProperty) {
		found, err := s.storeFor(req).Person(ctx, owner)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		person.UPN = found.UPN
	}
	object, err := s.appendUser(ctx, nil, req, person, wanted, req.Root+"/$metadata#users"+wanted.suffix()+"/$entity")
	if err != nil {
		return nil, err
	}
	response := objectResponse(req, object)
	response.Preference = req.Form.Preference()
	return response, nil
}

// appendUser appends the JSON of a user. The context is "" within a collection.
func (s *Service) appendUser(ctx context.Context, text []byte, req *Request, person store.Person, wanted shape, context string) ([]byte, error) {
	self := req.Root + "/users/" + person.User
	text = appendControl(append(text, '{'), req.Form, context, "microsoft.graph.user", self)
	text = wire.AppendMember(text, "id", person.User)
	if wanted.shows(nameProperty) && (person.UPN != "" || !req.Form.OmitNulls) {
		text = wire.AppendNullable(text, nameProperty, store.Null[string]{Value: person.UPN, Valid: person.UPN != ""})
	}
	expansion := wanted.expansion(analyticsProperty)
	if req.Form.Level == wire.MetadataFull && (wanted.shows(analyticsProperty) || expansion != nil) {
		text = wire.AppendMember(text, analyticsProperty+"@odata.navigationLink", self+"/analytics")
	}
	if expansion != nil {
		var err error
		within := shape{expansion.Select, expansion.Expand, wanted.format, wanted.version}
		text, err = s.appendAnalytics(ctx, append(text, `"`+analyticsProperty+`":`...), req, person.Owner, within, "")
		if err != nil {
			return nil, err
		}
		text = append(text, ',')
	}
	return endObject(text), nil
}
