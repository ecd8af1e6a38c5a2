package operations

import (
	"net/url"
	"strings"

	"afterhours/gen"
	"afterhours/handlers/odata"
	"afterhours/handlers/spec"
)

// OptionFaults returns the faults of the query options that have a grammar, such as $filter, as far as
// the query has them. It is for a request that is refused for another reason, so that its response names
// all faults. The format of a parameter in the contract says which grammar it has.
func (s *Service) OptionFaults(req *Request, op *spec.Operation, query url.Values) []gen.ErrorDetail {
	var faults []gen.ErrorDetail
	groups := s.groupsModel(req, query)
	for _, parameter := range op.Parameters {
		if name := parameter.Value.Name; query.Has(name) {
			faults = append(faults, optionFault(s.parseOption(req, groups, parameter.Value.Schema.Value.Format, query.Get(name)))...)
		}
	}
	return faults
}

// groupsModel returns the names of the groups that the $apply of a query makes, nil if it makes none.
func (s *Service) groupsModel(req *Request, query url.Values) *odata.Model {
	applied, err := s.modelFor(req).ParseApply(query.Get("$apply"))
	if err != nil {
		return nil
	}
	return applied.Model
}

// parseOption returns the error of an option whose parameter has the format. An option about groups has
// none if there are no groups.
func (s *Service) parseOption(req *Request, groups *odata.Model, format, text string) (err error) {
	model := s.modelFor(req)
	if rest, isAboutGroups := strings.CutSuffix(format, "-groups"); isAboutGroups {
		if model, format = groups, rest; groups == nil {
			return nil
		}
	}
	switch format {
	case "odata-apply":
		_, err = model.ParseApply(text)
	case "odata-filter":
		_, err = model.ParseFilter(text)
	case "odata-orderby":
		_, err = model.ParseOrderBy(text)
	case "odata-select":
		_, err = model.ParseSelect(text)
	case "odata-expand":
		_, err = model.ParseExpand(s.spec.Analytics, text)
	case "odata-select-analytics":
		_, err = model.ParseResourceSelect(s.spec.Analytics, text)
	}
	return err
}
