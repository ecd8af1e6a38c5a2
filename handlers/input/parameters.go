package input

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"afterhours/gen"
	"afterhours/handlers/plain"
	"afterhours/handlers/problem"
	"afterhours/handlers/spec"
)

// maxOptions is the most query options that a request may have: more than any operation has.
// The contract states it in info.description.
const maxOptions = 64

// parameterFaults returns the faults of the parameters. Those that are plain need no look by openapi3filter.
func parameterFaults(r *http.Request, op *spec.Operation, path plain.Path) []gen.ErrorDetail {
	query, faults := queryOf(r, op)
	if query == nil && faults != nil {
		return faults
	}
	var input *openapi3filter.RequestValidationInput
	for i, ref := range op.Parameters {
		if op.PlainParameters[i].Accepts(path, query, r.Header) {
			continue
		}
		if input == nil {
			input = validationInput(r, op, path, query)
		}
		if err := openapi3filter.ValidateParameter(r.Context(), input, ref.Value); err != nil {
			faults = append(faults, faultsOf(err, ref.Value)...)
		}
	}
	slices.SortFunc(faults, func(a, b gen.ErrorDetail) int { return strings.Compare(*a.Target, *b.Target) })
	return faults
}

// validationInput returns the request as openapi3filter takes it.
func validationInput(r *http.Request, op *spec.Operation, path plain.Path, query url.Values) *openapi3filter.RequestValidationInput {
	values := map[string]string{}
	for _, ref := range op.Parameters {
		if value, found := path.Get(ref.Value.Name); found && ref.Value.In == openapi3.ParameterInPath {
			values[ref.Value.Name] = value
		}
	}
	return &openapi3filter.RequestValidationInput{
		Request:     r,
		PathParams:  values,
		QueryParams: query,
		Route:       op.Route,
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{formats}},
	}
}

// queryOf returns the query options of a request, nil for an empty query, and the faults that need no schema. If the
// query cannot be read, it is nil as well, and has a fault.
func queryOf(r *http.Request, op *spec.Operation) (url.Values, []gen.ErrorDetail) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	if count := strings.Count(r.URL.RawQuery, "&") + 1; count > maxOptions {
		return nil, []gen.ErrorDetail{problem.Fault(gen.InvalidValue, "query", "The query has %d options; send %d at most.", count, maxOptions)}
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, []gen.ErrorDetail{unreadableQuery(err)}
	}
	var faults []gen.ErrorDetail
	for name, values := range query {
		switch {
		case name == "" || name[0] == ' ':
			faults = append(faults, problem.Fault(gen.UnknownQueryOption, "query",
				"A query option has no name, as if the shell replaced $filter, $top or another: put the URL in single quotes, or write \\$filter."))
		case slices.Contains(op.NotImplemented, name):
			faults = append(faults, notImplemented(name, values[0]))
		case !slices.Contains(op.QueryNames, name) && !spec.IsAlias(name):
			faults = append(faults, problem.Fault(gen.UnknownQueryOption, problem.Shown(name), "There is no query option '%s' here%s.%s",
				problem.Shown(name), choices(op.QueryNames), didYouMeanOption(name, op.QueryNames)))
		case len(values) > 1:
			faults = append(faults, problem.Fault(gen.InvalidValue, name, "The query option '%s' is given %d times; give it once.", name, len(values)))
		}
	}
	return query, faults
}

// notImplemented returns the fault of a query option that OData has and this server does not. A text that
// OData does not have, either, is another fault.
func notImplemented(name, text string) gen.ErrorDetail {
	if err := spec.CheckGrammar(name, text); err != nil {
		return problem.Fault(gen.InvalidQueryOption, name, "%s.", err)
	}
	return problem.Fault(gen.NotSupported, name, "OData has the query option '%s', but this server does not implement it here.", name)
}

// unreadableQuery returns the fault of a query that is no list of options.
func unreadableQuery(err error) gen.ErrorDetail {
	var escape url.EscapeError
	if errors.As(err, &escape) {
		return problem.Fault(gen.InvalidValue, "query", "The query has '%s'; write %%25 for a percent sign. Any other %% needs two hexadecimal digits after it, as in %%20 for a space.",
			strings.ToValidUTF8(string(escape), "\uFFFD"))
	}
	return problem.Fault(gen.InvalidValue, "query", "The query cannot be read: %s.", err)
}

// didYouMeanOption is didYouMean for query options, which may be written without their $.
func didYouMeanOption(mistyped string, names []string) string {
	return didYouMean("$"+strings.TrimPrefix(mistyped, "$"), names)
}

func choices(names []string) string {
	if len(names) == 0 {
		return "; there is none"
	}
	return "; there are " + strings.Join(names, ", ")
}
