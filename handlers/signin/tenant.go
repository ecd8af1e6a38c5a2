package signin

import (
	"strings"

	"github.com/google/uuid"
)

// personalTenant is the tenant of every personal Microsoft account, which the path consumers means.
const personalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"

// tenant returns the tenant that the path of a call names, a GUID in lower case.
func (s *Service) tenant(call *Call) (string, error) {
	name := strings.ToLower(call.PathValue("tenant"))
	switch {
	case name == "common", name == "organizations":
		return strings.ToLower(s.Tenant), nil
	case name == "consumers", name == personalTenant:
		return "", errPersonal.refuse("Personal Microsoft accounts have no statistics here. Write a tenant, common or organizations in the path.")
	case isGUID(name):
		return name, nil
	}
	return "", errTenant.refuse("Tenant '%s' not found. Write the tenant as a GUID, or common or organizations for %s.", shown(call.PathValue("tenant")), s.Tenant)
}

// isGUID reports whether the text is a GUID in the 36 characters that Entra writes.
func isGUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }
