package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"afterhours/handlers/input"
	"afterhours/handlers/problem"
	"afterhours/handlers/suggest"
	"afterhours/handlers/wire"
	"afterhours/store/bulk"
)

// maxLine is the most bytes that a line may have. The longest statistic has about 1,200.
const maxLine = 64 << 10

// AppendJSON appends the item as one line of JSON Lines:
//
//	{"tenant":"<GUID>","user":"<GUID>","statistic":{"@odata.type":"#microsoft.graph.callActivityStatistics","id":...}}
//	{"tenant":"<GUID>","user":"<GUID>","settings":{"hasGraphMailbox":true,"hasLicense":true,"hasOptedOut":false}}
//	{"tenant":"<GUID>","user":"<GUID>","userPrincipalName":"megan@example.com"}
func (x *Exchange) AppendJSON(text []byte, item *bulk.Item) []byte {
	text = wire.AppendMember(append(text, '{'), "tenant", item.Owner.Tenant)
	text = wire.AppendMember(text, "user", item.Owner.User)
	switch {
	case item.Statistic != nil:
		text = append(text, `"statistic":`...)
		text = x.spec.ByStoreType[item.Statistic.Type].AppendEntity(text, item.Statistic, exportForm, wire.Links{})
	case item.Settings != nil:
		text = fmt.Appendf(text, `"settings":{"hasGraphMailbox":%t,"hasLicense":%t,"hasOptedOut":%t}`,
			item.Settings.HasGraphMailbox, item.Settings.HasLicense, item.Settings.HasOptedOut)
	default:
		text = wire.AppendMember(text, "userPrincipalName", item.UPN)
		text = text[:len(text)-1] // the comma
	}
	return append(text, "}\n"...)
}

// JSONLines reads JSON Lines as AppendJSON writes them. A statistic needs its type, and both dates
// or the id; everything else may be missing. Empty lines are skipped, and so are the rows before
// the line from; 1 is the first.
func (x *Exchange) JSONLines(text io.Reader, from int) bulk.Source {
	lines := bufio.NewReaderSize(text, maxLine)
	number := 0
	return func() (func() bulk.Row, error) {
		for {
			line, err := lines.ReadSlice('\n')
			long := errors.Is(err, bufio.ErrBufferFull)
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
			if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
				return nil, err
			}
			number++
			if number == 1 {
				line = bytes.TrimPrefix(line, []byte(byteOrderMark))
			}
			if number < from || strings.TrimSpace(string(line)) == "" {
				continue
			}
			row := bulk.Row{Line: number}
			if long {
				row.Faults = []bulk.Fault{{Reason: fmt.Sprintf("The line has more than %d bytes.", maxLine)}}
				return func() bulk.Row { return row }, nil
			}
			own := string(line) // the next read overwrites line
			return func() bulk.Row {
				row.Item, row.Faults = x.readLine([]byte(own))
				return row
			}, nil
		}
	}
}

// jsonLine is one line of JSON Lines.
type jsonLine struct {
	Tenant            string         `json:"tenant"`
	User              string         `json:"user"`
	Statistic         jsontext.Value `json:"statistic"`
	Settings          jsontext.Value `json:"settings"`
	UserPrincipalName *string        `json:"userPrincipalName"`
}

func (x *Exchange) readLine(text []byte) (item bulk.Item, faults []bulk.Fault) {
	var read jsonLine
	if err := json.Unmarshal(text, &read, json.RejectUnknownMembers(true)); err != nil {
		return item, []bulk.Fault{{Reason: fmt.Sprintf("The line cannot be read: %s. It must be a JSON object with tenant, user "+
			"and one of statistic, settings and userPrincipalName.", lineFault(text, err))}}
	}
	item.Owner, faults = readOwner("tenant", read.Tenant, "user", read.User)
	given := 0
	for _, one := range []bool{read.Statistic != nil, read.Settings != nil, read.UserPrincipalName != nil} {
		if one {
			given++
		}
	}
	switch {
	case given != 1:
		return item, append(faults, bulk.Fault{Reason: fmt.Sprintf("The line has %d of statistic, settings and userPrincipalName; it must have one.", given)})
	case read.Statistic != nil:
		value, err := input.DecodeJSON(read.Statistic, maxLine)
		if err != nil {
			return item, append(faults, bulk.Fault{Property: "statistic", Reason: err.Error()})
		}
		return item, append(faults, x.readStatistic(&item, value)...)
	case read.Settings != nil:
		value, err := input.DecodeJSON(read.Settings, maxLine)
		if err != nil {
			return item, append(faults, bulk.Fault{Property: "settings", Reason: err.Error()})
		}
		return item, append(faults, x.readSettings(&item, value)...)
	}
	item.UPN = strings.ToLower(*read.UserPrincipalName)
	if err := x.spec.CheckUserName(item.UPN); err != nil {
		faults = append(faults, bulk.Fault{Property: "userPrincipalName", Reason: err.Error()})
	}
	return item, faults
}

// lineFault returns the words of an error in a line, without the library's name.
func lineFault(text []byte, err error) string {
	var semantic *json.SemanticError
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &semantic) && errors.Is(err, json.ErrUnknownName):
		name := semantic.JSONPointer.LastToken()
		return fmt.Sprintf("it has a member '%s' that is not known%s", problem.Shown(name), nearest(name, []string{"tenant", "user", "statistic", "settings", "userPrincipalName"}))
	case errors.As(err, &semantic) && semantic.JSONPointer == "" && strings.HasPrefix(strings.TrimSpace(string(text)), "["):
		return "it is an array; write each member on a line of its own, without the brackets"
	case errors.As(err, &semantic) && semantic.JSONPointer == "":
		return "it is not a JSON object"
	case errors.As(err, &semantic):
		return fmt.Sprintf("the member '%s' must be a text", semantic.JSONPointer.LastToken()) // the others are of any kind
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntax):
		return fmt.Sprintf("the member '%s' is there twice", problem.Shown(syntax.JSONPointer.LastToken()))
	}
	// Only the column, as the row has the number of its line.
	return strings.TrimPrefix(input.JSONFault(text, err), "line 1, ")
}

// nearest returns " (did you mean ...?)" with the name that is nearest to the mistyped one, "" if none is
// near.
func nearest(mistyped string, names []string) string {
	if name := suggest.Nearest(mistyped, names); name != "" {
		return " (did you mean '" + name + "'?)"
	}
	return ""
}
