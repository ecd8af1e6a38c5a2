package exchange

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"afterhours/handlers/problem"
	"afterhours/handlers/wire"
	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/edm"
)

// columns are the columns of a CSV and the properties that they hold. Where Viva Insights has the
// column, its name is used: MetricDate is startDate, PersonId is the user's object id.
var columns = append([]column{
	{"TenantId", "tenant"}, {"PersonId", "user"}, {"StatisticId", "id"}, {"StatisticType", "@odata.type"},
	{"Activity", "activity"}, {"MetricDate", "startDate"}, {"EndDate", "endDate"}, {"TimeZone", "timeZoneUsed"},
}, durationColumns()...)

type column struct{ name, property string }

func durationColumns() []column {
	var columns []column
	for _, duration := range store.Durations() {
		name := string(duration.Name)
		columns = append(columns, column{strings.ToUpper(name[:1]) + name[1:], name})
	}
	return columns
}

// CSVHeader returns the names of the columns, in the order of CSVRecord.
func CSVHeader() []string {
	var names []string
	for _, column := range columns {
		names = append(names, column.name)
	}
	return names
}

// CSVRecord returns the cells of a statistic. Null is an empty cell.
func (x *Exchange) CSVRecord(owner store.Owner, statistic *store.Statistic) []string {
	t := x.spec.ByStoreType[statistic.Type]
	cells := make([]string, len(columns))
	set := func(property, cell string) {
		cells[slices.IndexFunc(columns, func(c column) bool { return c.property == property })] = cell
	}
	set("tenant", owner.Tenant)
	set("user", owner.User)
	set("id", statistic.ID)
	set("@odata.type", string(statistic.Type))
	for _, value := range t.Values(statistic, exportForm) {
		switch {
		case !value.Text.Valid:
		case value.Name == "timeZoneUsed":
			set(value.Name, textCell(value.Text.Value))
		default:
			set(value.Name, value.Text.Value)
		}
	}
	return cells
}

// textCell returns a text as a cell. A text gets quotation marks around it if it is empty (else it
// would be null), if a spreadsheet would read it as a formula, or if it begins with a quotation mark.
func textCell(text string) string {
	if text == "" || strings.ContainsRune(`"=+-@`, rune(text[0])) {
		return `"` + text + `"`
	}
	return text
}

func cellText(cell string) string {
	if len(cell) >= 2 && cell[0] == '"' && cell[len(cell)-1] == '"' {
		return cell[1 : len(cell)-1]
	}
	return cell
}

// CSV reads statistics from CSV with a header. The columns may be in any order and their names in
// any case. All columns but PersonId and StatisticType may be missing; tenant is used for a missing
// TenantId. Rows before the line from are skipped. The error is that of an unusable header.
func (x *Exchange) CSV(text io.Reader, tenant string, from int) (bulk.Source, error) {
	limited := &rowReader{from: text}
	rows := csv.NewReader(limited)
	rows.FieldsPerRecord = 0 // as many as the header
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; its first line must be a header")
	}
	if err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	properties, err := propertiesOf(header)
	if err != nil {
		return nil, err
	}
	return func() (func() bulk.Row, error) {
		for {
			limited.row = 0
			cells, err := rows.Read()
			var bad *csv.ParseError
			line := 0
			switch {
			case errors.As(err, &bad):
				line = bad.StartLine // there may be no field to ask
			case err != nil:
				return nil, err
			default:
				line, _ = rows.FieldPos(0)
			}
			if line < from {
				continue
			}
			return func() bulk.Row {
				row := bulk.Row{Line: line}
				if bad != nil {
					row.Faults = []bulk.Fault{{Reason: fmt.Sprintf("The row cannot be read: %s.", rowFault(bad, len(cells), len(header)))}}
					return row
				}
				row.Item, row.Faults = x.readCells(properties, cells, tenant)
				nameColumns(row.Faults)
				return row
			}, nil
		}
	}, nil
}

// rowFault returns the words of an error in a row.
func rowFault(err *csv.ParseError, cells, columns int) string {
	if errors.Is(err, csv.ErrFieldCount) {
		return fmt.Sprintf("it has %d cells; the header has %d", cells, columns)
	}
	return "its quotation marks do not match; put a cell that has one in quotation marks, and write each within it twice"
}

// nameColumns puts the name of the column in place of that of the property, which the author of
// a CSV does not know.
func nameColumns(faults []bulk.Fault) {
	for i, fault := range faults {
		at := slices.IndexFunc(columns, func(c column) bool { return c.property == fault.Property })
		if at < 0 {
			continue
		}
		faults[i].Property = columns[at].name
		if rest, found := strings.CutPrefix(fault.Reason, "'"+fault.Property+"'"); found {
			faults[i].Reason = columns[at].name + typeNames.Replace(rest)
		}
	}
}

// typeNames makes the type of a statistic what a cell of StatisticType is.
var typeNames = strings.NewReplacer(wire.TypePrefix, "", wire.TypeSuffix, "")

// rowReader ends a text with a row of more than maxRow bytes, as when a quotation mark is missing.
type rowReader struct {
	from io.Reader
	row  int // bytes read since the last row
}

const maxRow = 1 << 20

func (r *rowReader) Read(buffer []byte) (int, error) {
	if r.row > maxRow {
		return 0, fmt.Errorf("a row has more than %d bytes; does a quotation mark miss its other one?", maxRow)
	}
	n, err := r.from.Read(buffer)
	r.row += n
	return n, err
}

// propertiesOf returns the property of each column of the header.
func propertiesOf(header []string) ([]string, error) {
	header[0] = strings.TrimPrefix(header[0], byteOrderMark)
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t") { // as Excel writes it in many countries
		return nil, errors.New("its columns are separated by semicolons or tabs; separate them by commas")
	}
	var properties []string
	for _, name := range header {
		at := slices.IndexFunc(columns, func(c column) bool { return strings.EqualFold(c.name, name) })
		if at < 0 {
			return nil, fmt.Errorf("there is no column %q%s; there are %s", problem.Shown(name), nearest(name, CSVHeader()), strings.Join(CSVHeader(), ", "))
		}
		if slices.Contains(properties, columns[at].property) {
			return nil, fmt.Errorf("the column %s is there twice", columns[at].name)
		}
		properties = append(properties, columns[at].property)
	}
	for _, needed := range []string{"user", "@odata.type"} {
		if !slices.Contains(properties, needed) {
			return nil, fmt.Errorf("the columns PersonId and StatisticType must be there; the header has %s", strings.Join(header, ", "))
		}
	}
	return properties, nil
}

// readCells turns a row into the object that a client of the API would send, and reads that.
func (x *Exchange) readCells(properties, cells []string, tenant string) (item bulk.Item, faults []bulk.Fault) {
	user := ""
	object := map[string]any{}
	for i, property := range properties {
		cell := cells[i]
		switch {
		case property == "user":
			user = cell
		case cell == "": // null; a new statistic's absent properties are null anyway
		case property == "tenant":
			tenant = cell
		case property == "@odata.type":
			object[property] = wire.TypePrefix + strings.ToLower(cell) + wire.TypeSuffix
		case property == "timeZoneUsed":
			object[property] = cellText(cell)
		default:
			object[property] = cell
		}
	}
	for _, duration := range store.Durations() {
		name := string(duration.Name)
		if cell, isText := object[name].(string); isText && hours.MatchString(cell) {
			ticks, fault := ticksOfHours(cell)
			if fault != "" {
				faults = append(faults, bulk.Fault{Property: name, Reason: fault})
			}
			object[name] = ticks.String()
		}
	}
	owner, ownerFaults := readOwner("tenant", tenant, "user", user)
	item.Owner = owner
	faults = append(faults, ownerFaults...)
	return item, append(faults, x.readStatistic(&item, object)...)
}

// hours is the form of a duration in Viva Insights: decimal hours.
var hours = regexp.MustCompile(`^-?[0-9]{1,9}(\.[0-9]{1,16})?$`)

// ticksOfHours returns the duration, or the words of its fault: it must be whole ticks.
func ticksOfHours(text string) (edm.Duration, string) {
	ticks, _ := new(big.Rat).SetString(text)
	ticks.Mul(ticks, new(big.Rat).SetInt64(int64(edm.Hour)))
	if !ticks.IsInt() || !ticks.Num().IsInt64() {
		return 0, fmt.Sprintf("'%s' hours are no whole number of ticks of 100 ns within the range of a duration.", text)
	}
	return edm.Duration(ticks.Num().Int64()), ""
}
