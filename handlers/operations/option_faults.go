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
// all faults. The format of a parameter in the contract says which grammar it has. After $apply, the
// options are about its result.
func (s *Service) OptionFaults(req *Request, op *spec.Operation, query url.Values) []gen.ErrorDetail {
	model := s.modelFor(req)
	if query.Has("$apply") {
		applied, err := model.ParseApply(query.Get("$apply"))
		if err != nil {
			return optionFault(err)
		}
		model = applied.Model
	}
	var faults []gen.ErrorDetail
	for _, parameter := range op.Parameters {
		if name := parameter.Value.Name; query.Has(name) {
			faults = append(faults, optionFault(s.parseOption(req, model, parameter.Value.Schema.Value.Format, query.Get(name)))...)
		}
	}
	return faults
}

// parseOption returns the error of an option whose parameter has the format. The model is that of
// statistics.
func (s *Service) parseOption(req *Request, model *odata.Model, format, text string) (err error) {
	switch strings.TrimSuffix(format, "-groups") { // the model has their names
	case "odata-filter":
		_, err = model.ParseFilter(text)
	case "odata-orderby":
		_, err = model.ParseOrderBy(text)
	case "odata-select":
		_, err = model.ParseSelect(text)
	case "odata-expand":
		_, err = model.ParseExpand(s.spec.Analytics, text)
	case "odata-filter-user":
		_, err = s.chosenBy(req, text)
	case "odata-orderby-user":
		err = s.checkUserOrder(req, text)
	case "odata-select-user":
		_, err = model.ParseResourceSelect(s.spec.User, text)
	case "odata-expand-user":
		_, err = model.ParseExpand(s.spec.User, text)
	case "odata-select-analytics":
		_, err = model.ParseResourceSelect(s.spec.Analytics, text)
	}
	return err
}
