package operations

import (
	"strconv"
	"strings"

	"afterhours/handlers/odata"
	"afterhours/handlers/wire"
	"afterhours/store"
)

// appendPage appends the JSON of a page of groups. The count is -1 and next is "" if the page has none.
func (p *groupsPage) appendPage(text []byte, req *Request, owner store.Owner, count int, next string, groups []store.Group) []byte {
	text = append(text, '{')
	if p.form.Level != wire.MetadataNone {
		text = wire.AppendMember(text, "@odata.context", req.contextURL(owner, "/activityStatistics"+req.castSegment()+p.selectList()))
	}
	if count >= 0 {
		text = append(strconv.AppendInt(append(text, `"@odata.count":`...), int64(count), 10), ',')
	}
	if next != "" {
		text = wire.AppendMember(text, "@odata.nextLink", next)
	}
	text = append(text, `"value":[`...)
	for i, group := range groups {
		if i > 0 {
			text = append(text, ',')
		}
		text = p.appendGroup(text, group)
	}
	return append(text, `]}`...)
}

// selectList is the part of the context URL that names the values of a group (Data Aggregation 3.1.1).
func (p *groupsPage) selectList() string {
	var names []string
	for _, column := range p.Columns {
		if p.form.Selected.Has("", string(column.Name)) {
			names = append(names, string(column.Name))
		}
	}
	return "(" + strings.Join(names, ",") + ")"
}

// appendGroup appends the JSON of a group. The type of a value is told if the contract does not have it
// and JSON does not show it (OData JSON 4.5.3), and in full metadata also that of a property.
func (p *groupsPage) appendGroup(text []byte, group store.Group) []byte {
	text = append(text, '{')
	for i, column := range p.Columns {
		name := string(column.Name)
		if !p.form.Selected.Has("", name) {
			continue
		}
		isTold := p.form.Level == wire.MetadataFull || p.form.Level == wire.MetadataMinimal && !column.IsDeclared
		if typeName := typeNameOf(column); isTold && typeName != "" {
			text = wire.AppendMember(text, name+"@odata.type", typeName)
		}
		text = p.appendValue(text, column, group[i])
	}
	if text[len(text)-1] == ',' {
		text = text[:len(text)-1]
	}
	return append(text, '}')
}

// typeNameOf returns the value of @odata.type for a column, "" for a text and a boolean.
func typeNameOf(column odata.Column) string {
	switch column.Kind {
	case store.KindDate:
		return "#Date"
	case store.KindDuration:
		return "#Duration"
	case store.KindInstant:
		return "#DateTimeOffset"
	case store.KindTimeOfDay:
		return "#TimeOfDay"
	case store.KindActivity:
		return "#microsoft.graph.analyticsActivityType"
	case store.KindNumber:
		switch {
		case column.IsSmall:
			return "#Int32"
		case column.IsInteger:
			return "#Int64"
		}
		return "#Decimal"
	}
	return ""
}

// appendValue appends a member and a comma. A number that is no Edm.Int32 is text for
// IEEE754Compatible (OData JSON 3.2).
func (p *groupsPage) appendValue(text []byte, column odata.Column, value store.Value) []byte {
	name := string(column.Name)
	switch value.Kind {
	case store.KindText, store.KindActivity:
		return wire.AppendMember(text, name, value.Text)
	case store.KindDate:
		return wire.AppendMember(text, name, value.Date.String())
	case store.KindDuration:
		return wire.AppendMember(text, name, string(p.form.Duration(value.Duration, nil)))
	case store.KindInstant, store.KindTimeOfDay:
		return wire.AppendMember(text, name, value.Time())
	}
	literal := "null"
	switch value.Kind {
	case store.KindBool:
		literal = strconv.FormatBool(value.Bool)
	case store.KindNumber:
		if literal = decimal(value.Number); p.form.IEEE754 && !column.IsSmall {
			return wire.AppendMember(text, name, literal)
		}
	}
	return append(append(append(append(text, '"'), name...), `":`...), literal+","...)
}

// decimal returns a number of ten-millionths with as few decimals as it needs.
func decimal(number int64) string {
	whole, rest := number/store.One, number%store.One
	sign := ""
	if number < 0 && whole == 0 {
		sign = "-"
	}
	if rest == 0 {
		return strconv.FormatInt(whole, 10)
	}
	if rest < 0 {
		rest = -rest
	}
	return sign + strconv.FormatInt(whole, 10) + "." + strings.TrimRight(strconv.FormatInt(store.One+rest, 10)[1:], "0")
}
