package handlers

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"afterhours/store"
	"afterhours/store/bulk"
	"afterhours/store/edm"
)

// columns are those of a CSV, named as Viva Insights names what it has of them, and
// the properties of the API that they hold. MetricDate and Duration stand for startDate
// and duration; PersonId is the user's object id.
var columns = append([]column{
	{"TenantId", "tenant"}, {"PersonId", "user"}, {"StatisticId", "id"}, {"StatisticType", "@odata.type"},
	{"Activity", "activity"}, {"MetricDate", "startDate"}, {"EndDate", "endDate"}, {"TimeZone", "timeZoneUsed"},
}, durationColumns()...)

type column struct{ name, property string }

func durationColumns() []column {
	var columns []column
	for _, property := range durationProperties {
		columns = append(columns, column{strings.ToUpper(property.name[:1]) + property.name[1:], property.name})
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

// CSVRecord returns the cells of a statistic. What is null is an empty cell.
func (x *Exchange) CSVRecord(owner store.Owner, statistic *store.Statistic) []string {
	t := x.contract.byStoreType[statistic.Type]
	cells := make([]string, len(columns))
	set := func(property, cell string) {
		cells[slices.IndexFunc(columns, func(c column) bool { return c.property == property })] = cell
	}
	set("tenant", owner.Tenant)
	set("user", owner.User)
	set("id", statistic.ID)
	set("@odata.type", string(statistic.Type))
	for _, value := range t.values(statistic, exchangeForm) {
		switch {
		case !value.text.Valid:
		case value.name == "timeZoneUsed":
			set(value.name, textCell(value.text.Value))
		default:
			set(value.name, value.text.Value)
		}
	}
	return cells
}

// textCell is a text as a cell. One that is empty, which would be null, and one that a
// spreadsheet would take for a formula stand between quotation marks, as does one that
// begins with a quotation mark itself.
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

// CSV reads statistics from CSV with a header. Its columns may be in any order, their
// names in any case, and any but PersonId and StatisticType may be missing; tenant stands
// for a TenantId that is. Rows before the line from are not read. The error is that of a
// header that cannot be used.
func (x *Exchange) CSV(text io.Reader, tenant string, from int) (bulk.Source, error) {
	bounded := &rowReader{from: text}
	rows := csv.NewReader(bounded)
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
			bounded.row = 0
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
					row.Faults = []bulk.Fault{{Reason: fmt.Sprintf("The row cannot be read: %s.", bad.Err)}}
					return row
				}
				row.Item, row.Faults = x.readCells(properties, cells, tenant)
				return row
			}, nil
		}
	}, nil
}

// rowReader ends a text in which a row has no end, as when a quotation mark is missing.
type rowReader struct {
	from io.Reader
	row  int // how much was read since the row before
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

// propertiesOf returns which property each column of the header holds.
func propertiesOf(header []string) ([]string, error) {
	header[0] = strings.TrimPrefix(header[0], "\ufeff") // as some programs write it
	var properties []string
	for _, name := range header {
		at := slices.IndexFunc(columns, func(c column) bool { return strings.EqualFold(c.name, name) })
		if at < 0 {
			return nil, fmt.Errorf("there is no column %q; there are %s", shown(name), strings.Join(CSVHeader(), ", "))
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

// readCells makes of a row the object that the API would be sent.
func (x *Exchange) readCells(properties, cells []string, tenant string) (item bulk.Item, faults []bulk.Fault) {
	user := ""
	object := map[string]any{}
	for i, property := range properties {
		cell := cells[i]
		switch {
		case property == "user":
			user = cell
		case cell == "": // null, which nothing else of a new statistic is either
		case property == "tenant":
			tenant = cell
		case property == "@odata.type":
			object[property] = typePrefix + strings.ToLower(cell) + typeSuffix
		case property == "timeZoneUsed":
			object[property] = cellText(cell)
		default:
			object[property] = cell
		}
	}
	for _, duration := range durationProperties {
		if cell, isText := object[duration.name].(string); isText && hours.MatchString(cell) {
			ticks, fault := ticksOfHours(cell)
			if fault != "" {
				faults = append(faults, bulk.Fault{Property: duration.name, Reason: fault})
			}
			object[duration.name] = ticks.String()
		}
	}
	owner, ownerFaults := readOwner("tenant", tenant, "user", user)
	item.Owner = owner
	faults = append(faults, ownerFaults...)
	return item, append(faults, x.readStatistic(&item, object)...)
}

// hours is a duration as Viva Insights gives it: decimal hours.
var hours = regexp.MustCompile(`^-?[0-9]{1,9}(\.[0-9]{1,16})?$`)

// ticksOfHours returns the duration, or what is wrong with it: it must be whole ticks.
func ticksOfHours(text string) (edm.Duration, string) {
	ticks, _ := new(big.Rat).SetString(text)
	ticks.Mul(ticks, new(big.Rat).SetInt64(int64(edm.Hour)))
	if !ticks.IsInt() || !ticks.Num().IsInt64() {
		return 0, fmt.Sprintf("'%s' hours are no whole number of ticks of 100 ns within the range of a duration.", text)
	}
	return edm.Duration(ticks.Num().Int64()), ""
}
