package faults

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	api "afterhours/control"
	"afterhours/gen"
	"afterhours/handlers/problem"
	"afterhours/handlers/suggest"
	"afterhours/store/edm"
)

// HeaderName is the header by which a request asks for a fault of its own.
const HeaderName = "Afterhours-Simulate"

// ResponseHeader is the header that names the rule in a response with a fault.
const ResponseHeader = "Afterhours-Fault"

// noFault is the header of a request that no rule may let fail.
const noFault = "none"

// Simulate returns the fault that a request asks for by its header, nil if it asks for none or if the fault is not
// for the request.
// The error is a problem that says what of the header is wrong.
func (r *Rules) Simulate(q *Request, header string) (*Fault, error) {
	if strings.TrimSpace(header) == noFault {
		return nil, nil
	}
	given, err := parse(header)
	if err != nil {
		return nil, refuseHeader(err.Error())
	}
	if found := r.check(given); len(found) > 0 {
		return nil, refuseHeader(found[0].Message)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	once := rule{id: HeaderName, FaultRule: *given, challenges: r.simulated}
	return once.decide(q), nil
}

func refuseHeader(message string) error {
	return problem.Invalid(problem.Fault(gen.InvalidValue, HeaderName, "%s: %s", HeaderName, message))
}

// parse returns the rule that a header describes, as in 429;retry-after=1.
func parse(header string) (*api.FaultRule, error) {
	parts, err := split(header)
	if err != nil {
		return nil, err
	}
	rule, err := parseFirst(parts[0])
	if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	for _, part := range parts[1:] {
		name, text, hasValue := strings.Cut(part, "=")
		name, text = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(text)
		set := parameters[name]
		switch {
		case set == nil:
			return nil, fmt.Errorf("there is no '%s'%s", problem.Shown(name), choices(name, slices.Sorted(maps.Keys(parameters))))
		case !hasValue || text == "":
			return nil, fmt.Errorf("'%s' has no value, as in %s=...", name, name)
		case given[name]:
			return nil, fmt.Errorf("'%s' is there twice", name)
		}
		given[name] = true
		if text, err = unquote(text); err != nil {
			return nil, err
		}
		if err := set(rule, text); err != nil {
			return nil, fmt.Errorf("'%s' is '%s'; it must be %w", name, problem.Shown(text), err)
		}
	}
	return rule, nil
}

// split returns the parts of a header between the semicolons that are not in quotes.
func split(header string) ([]string, error) {
	var parts []string
	start, isQuoted := 0, false
	for i := 0; i < len(header); i++ {
		switch {
		case header[i] == '"':
			isQuoted = !isQuoted
		case header[i] == '\\' && isQuoted:
			i++
		case header[i] == ';' && !isQuoted:
			parts, start = append(parts, header[start:i]), i+1
		}
	}
	if isQuoted {
		return nil, errors.New("a double quote is not closed")
	}
	return append(parts, header[start:]), nil
}

// unquote returns a value without its double quotes, and without the backslashes in them.
func unquote(text string) (string, error) {
	if !strings.Contains(text, `"`) {
		return text, nil
	}
	inner, isEnclosed := strings.CutPrefix(text, `"`)
	var plain []byte
	for i := 0; i < len(inner); i++ {
		switch {
		case inner[i] == '\\' && i+1 < len(inner):
			i++
		case inner[i] == '"' && isEnclosed && i == len(inner)-1:
			return string(plain), nil
		case inner[i] == '"':
			isEnclosed = false
		}
		plain = append(plain, inner[i])
	}
	return "", fmt.Errorf("write the whole of '%s' in double quotes", problem.Shown(text))
}

// parseFirst returns the rule of a status, of a preset, or an empty one.
func parseFirst(text string) (*api.FaultRule, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return &api.FaultRule{}, nil
	}
	if status, err := strconv.Atoi(text); err == nil {
		if status < 400 || status > 599 {
			return nil, fmt.Errorf("the status is %d; it must be from 400 to 599", status)
		}
		return &api.FaultRule{Answer: &api.FaultAnswer{Status: to(int32(status))}}, nil
	}
	preset, ok := presets[api.PresetName(text)]
	switch {
	case !ok:
		var names []string
		for name := range presets {
			names = append(names, string(name))
		}
		slices.Sort(names)
		return nil, fmt.Errorf("'%s' is neither a status nor a preset%s", problem.Shown(text), choices(text, names))
	case preset.Rate != nil:
		return nil, fmt.Errorf("'%s' needs a rule that counts requests: create it by POST /control/faults/presets/%s", text, text)
	}
	return &preset, nil
}

// choices returns the end of a sentence that names what may be meant.
func choices(given string, names []string) string {
	if nearest := suggest.Nearest(given, names); nearest != "" {
		return fmt.Sprintf(". Did you mean '%s'?", nearest)
	}
	return "; there are " + strings.Join(names, ", ")
}

// parameters are what may follow the status. Each sets its part of a rule. Its error ends the sentence
// "it must be".
var parameters = map[string]func(rule *api.FaultRule, text string) error{
	"code": func(rule *api.FaultRule, text string) error {
		if answerOf(rule).Code = &text; text == "" {
			return errors.New("a word")
		}
		return atMost(text, 128)
	},
	"message": func(rule *api.FaultRule, text string) error {
		answerOf(rule).Message = &text
		return atMost(text, 1000)
	},
	"retry-after": func(rule *api.FaultRule, text string) error {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(seconds) || seconds < 0 || seconds > 86400 {
			return errors.New("seconds from 0 to 86400, as in 2.5")
		}
		answerOf(rule).RetryAfter = to(math.Abs(seconds)) // -0 is 0
		return nil
	},
	"retry-after-form": func(rule *api.FaultRule, text string) error {
		form := api.FaultAnswerRetryAfterForm(text)
		answerOf(rule).RetryAfterForm = &form
		return oneOf(form.Valid(), api.Seconds, api.Date)
	},
	"content-type": func(rule *api.FaultRule, text string) error {
		answerOf(rule).ContentType = &text
		return atMost(text, 256)
	},
	"body": func(rule *api.FaultRule, text string) error {
		body := api.FaultAnswerBody(text)
		answerOf(rule).Body = &body
		return oneOf(body.Valid(), api.Malformed, api.EmptyPage, api.RepeatedNextLink)
	},
	"delay": func(rule *api.FaultRule, text string) error {
		delay, err := edm.ParseDuration(text)
		if err != nil {
			return errors.New("a duration, as in PT0.3S")
		}
		rule.Delay = &delay
		return nil
	},
	"connection": func(rule *api.FaultRule, text string) error {
		connection := api.FaultRuleConnection(text)
		rule.Connection = &connection
		return oneOf(connection.Valid(), api.Reset, api.Cut)
	},
}

// answerOf returns the answer of a rule that may be changed: that of a preset is shared.
func answerOf(rule *api.FaultRule) *api.FaultAnswer {
	own := value(rule.Answer)
	rule.Answer = &own
	return &own
}

func atMost(text string, length int) error {
	if len(text) > length {
		return fmt.Errorf("at most %d bytes", length)
	}
	return nil
}

func oneOf[T ~string](isValid bool, names ...T) error {
	if isValid {
		return nil
	}
	var all []string
	for _, name := range names {
		all = append(all, string(name))
	}
	return errors.New("one of " + strings.Join(all, ", "))
}
