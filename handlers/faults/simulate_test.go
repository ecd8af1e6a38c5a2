package faults

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"afterhours/contract/bounded"
	"afterhours/handlers/problem"
)

// headers are values of the header, with the fault that each asks for, "" if it is refused.
var headers = map[string]string{
	"429":                                   "429 TooManyRequests 'Please retry again later.' map[]",
	" 503 ; retry-after = 2.5 ":             "503 serviceNotAvailable 'The service is not available. Try again later.' map[Retry-After:[2.5]]",
	"503;code=UnknownError":                 "503 UnknownError '' map[]",
	"503;Code=UnknownError;message=\"a;b\"": "503 UnknownError 'a;b' map[]",
	`400;message="say \"x\" \\ y"`:          `400 BadRequest 'say "x" \ y' map[]`,
	"throttled":                             "429 TooManyRequests 'Please retry again later.' map[Retry-After:[1]]",
	"throttled;retry-after=7":               "429 TooManyRequests 'Please retry again later.' map[Retry-After:[7]]",
	"no-mailbox":                            "404 MailboxNotEnabledForRESTAPI 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.' map[]",
	"504;body=malformed;content-type=text/html;delay=PT0.5S;connection=cut": "504 UnknownError '' map[] text/html malformed 500ms cut",
	";delay=PT30S":        "0  '' map[] 30s",
	";retry-after=-0":     "0  '' map[Retry-After:[0]]",
	";connection=cut":     "0  '' map[] cut",
	";body=emptyPage":     "0  '' map[] emptyPage",
	"599":                 "599 UnknownError '' map[]",
	"none;delay=PT1S":     "",
	"":                    "",
	";":                   "",
	"429;":                "",
	"399":                 "",
	"600":                 "",
	"-429":                "",
	"429, 503":            "",
	"Throttled":           "",
	"flaky":               "",
	"429;status=503":      "",
	"429;delay=PT0S":      "",
	"429;retry-after=NaN": "", "429;retry-after=Inf": "", "429;retry-after=1e9": "",
	"429;code=\"\"":             "",
	"429;message=\"\"":          "429 TooManyRequests '' map[]",
	"429;code=":                 "",
	"429;code=" + long:          "",
	"429;message=\"\\":          "",
	"429;message=\"a\"b\"":      "",
	"reset":                     "",
	"503;connection=reset":      "",
	"429;content-type=\x01":     "",
	"429;body=repeatedNextLink": "",
}

var long = strings.Repeat("x", 129)

func TestSimulate(t *testing.T) {
	r := newRules(t)
	for header, want := range headers {
		fault, err := r.Simulate(&Request{IsList: true}, header)
		if err != nil {
			checkRefusal(t, header, err)
		}
		if got := shown(fault); got != want {
			t.Errorf("%q: %s (%v), want %s", header, got, err, want)
		}
	}
}

func shown(f *Fault) string {
	if f == nil {
		return ""
	}
	text := fmt.Sprintf("%d %s '%s' %v", f.Status, f.Code, f.Message, f.Header)
	if f.Header == nil {
		text = fmt.Sprintf("%d %s '%s' map[]", f.Status, f.Code, f.Message)
	}
	if f.ContentType != nil {
		text += " " + *f.ContentType
	}
	if f.Body != "" {
		text += " " + string(f.Body)
	}
	if f.Delay > 0 {
		text += " " + f.Delay.String()
	}
	if f.Connection != "" {
		text += " " + string(f.Connection)
	}
	return text
}

// checkRefusal fails unless the error is a problem with the header that a person can read.
func checkRefusal(t *testing.T, header string, err error) {
	t.Helper()
	var refused *problem.Problem
	if !errors.As(err, &refused) || !errors.Is(err, problem.ErrInvalid) || refused.Target != HeaderName ||
		!strings.HasPrefix(refused.Message, HeaderName+": ") || len(refused.Message) > 600 {
		t.Errorf("%q: the error is %#v", header, err)
	}
}

// FuzzSimulate checks that any header but none is refused by name, or asks for a fault that can be sent.
func FuzzSimulate(f *testing.F) {
	for header := range headers {
		f.Add(header)
	}
	f.Add(" none\t")
	r := newRules(f)
	f.Fuzz(func(t *testing.T, header string) {
		defer bounded.Input(t)()
		fault, err := r.Simulate(&Request{IsList: true, Method: "GET"}, header)
		if err != nil {
			checkRefusal(t, header, err)
			return
		}
		if (fault == nil) != (strings.TrimSpace(header) == "none") {
			t.Fatalf("%q: the fault is %+v", header, fault)
		}
		if fault == nil {
			return
		}
		checkFault(t, fault)
		if fault.Rule != HeaderName {
			t.Errorf("%q: the rule is %s", header, fault.Rule)
		}
		if utf8.ValidString(header) && fault.Status == 0 && fault.Message != "" {
			t.Errorf("%q: a message without an error", header)
		}
	})
}

// checkFault fails unless HTTP allows what the fault sends, and unless something happens.
func checkFault(t *testing.T, fault *Fault) {
	t.Helper()
	isError := fault.Status >= 400 && fault.Status <= 599 && fault.Code != ""
	if !isError && (fault.Status != 0 || fault.Code != "" || fault.Message != "" || fault.Challenge != "") {
		t.Errorf("no error is %+v", fault)
	}
	if !isError && fault.Delay == 0 && fault.Connection == "" && len(fault.Header) == 0 && fault.Body == "" && fault.ContentType == nil {
		t.Errorf("nothing happens: %+v", fault)
	}
	if fault.Delay < 0 || fault.Delay.Seconds() > 30 {
		t.Errorf("the delay is %v", fault.Delay)
	}
	for name, values := range fault.Header {
		if !headerName.MatchString(name) || len(values) != 1 || !isHeaderValue(values[0]) {
			t.Errorf("HTTP has no header %q: %q", name, values)
		}
	}
	if fault.ContentType != nil && !isHeaderValue(*fault.ContentType) {
		t.Errorf("HTTP has no Content-Type %q", *fault.ContentType)
	}
}
