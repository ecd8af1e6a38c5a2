package sqlite

import (
	"database/sql"
	sqldriver "database/sql/driver"
	"fmt"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// prepared is a prepared statement of a direct connection:
//
//	bind all parameters, then step until there is no row, then reset
//
// The parameters and the columns come in their order. What is bound stays so until reset.
type prepared struct {
	on        *direct
	statement sqldriver.Stmt // owns the handle
	handle    uintptr
	texts     []text  // by parameter
	parameter int32   // the last one that was bound
	row       uintptr // the first value of the row
	distance  uintptr // from a value of a row to the next one, 0 before the first row
	columns   uintptr // how many a row has
	column    uintptr // the next one to read
	failed    int32   // SQLite's code of a parameter that could not be bound
}

// text is memory of SQLite's for a parameter.
type text struct {
	at   uintptr
	size int
}

// longText is the size from which on a text is not worth keeping memory for.
const longText = 1 << 12

func (p *prepared) close() error {
	err := p.statement.Close()
	for _, text := range p.texts {
		lib.Xsqlite3_free(p.on.thread, text.at)
	}
	return err
}

func (p *prepared) bound(code int32) *prepared {
	if p.failed == lib.SQLITE_OK {
		p.failed = code
	}
	return p
}

// setInt binds an integer to the next parameter.
func (p *prepared) setInt(value int64) *prepared {
	p.parameter++
	return p.bound(lib.Xsqlite3_bind_int64(p.on.thread, p.handle, p.parameter, value))
}

// setNull binds null to the next parameter.
func (p *prepared) setNull() *prepared {
	p.parameter++
	return p.bound(lib.Xsqlite3_bind_null(p.on.thread, p.handle, p.parameter))
}

// setText binds a text to the next parameter. SQLite reads it from memory that is kept from one
// use of the statement to the next.
func (p *prepared) setText(value string) *prepared {
	const asItIs, copied = uintptr(0), ^uintptr(0) // SQLITE_STATIC and SQLITE_TRANSIENT
	p.parameter++
	if int(p.parameter) >= len(p.texts) {
		return p.bound(lib.SQLITE_RANGE)
	}
	kept := &p.texts[p.parameter]
	if kept.size <= len(value) {
		lib.Xsqlite3_free(p.on.thread, kept.at)
		*kept = text{size: max(64, 2*len(value))}
		if kept.at = lib.Xsqlite3_malloc64(p.on.thread, uint64(kept.size)); kept.at == 0 {
			*kept = text{}
			return p.bound(lib.SQLITE_NOMEM)
		}
	}
	copy(libc.GoBytes(kept.at, kept.size), value)
	if len(value) < longText {
		return p.bound(lib.Xsqlite3_bind_text(p.on.thread, p.handle, p.parameter, kept.at, int32(len(value)), asItIs))
	}
	p.bound(lib.Xsqlite3_bind_text(p.on.thread, p.handle, p.parameter, kept.at, int32(len(value)), copied))
	lib.Xsqlite3_free(p.on.thread, kept.at)
	*kept = text{}
	return p
}

// set binds values to the next parameters: integers, booleans, texts and nil.
func (p *prepared) set(values ...any) *prepared {
	for _, value := range values {
		switch value := value.(type) {
		case nil:
			p.setNull()
		case string:
			p.setText(value)
		case int64:
			p.setInt(value)
		case int:
			p.setInt(int64(value))
		case bool:
			p.setInt(int64(libc.Bool32(value)))
		default:
			panic(fmt.Sprintf("sqlite: %T is no parameter", value))
		}
	}
	return p
}

// step goes to the next row, and reports whether there is one.
func (p *prepared) step() (row bool, err error) {
	p.column = 0
	if p.failed != lib.SQLITE_OK {
		return false, p.on.failure(p.failed)
	}
	switch code := lib.Xsqlite3_step(p.on.thread, p.handle); code {
	case lib.SQLITE_ROW:
		p.row = lib.Xsqlite3_column_value(p.on.thread, p.handle, 0)
		if p.distance == 0 && p.columns > 1 {
			p.distance = lib.Xsqlite3_column_value(p.on.thread, p.handle, 1) - p.row
		}
		return true, nil
	case lib.SQLITE_DONE:
		return false, nil
	default:
		return false, p.on.failure(code)
	}
}

// reset ends the use of the statement.
func (p *prepared) reset() {
	p.parameter, p.failed = 0, lib.SQLITE_OK
	lib.Xsqlite3_reset(p.on.thread, p.handle) // whose code is that of the last step
}

// run executes the statement to its end.
func (p *prepared) run() error {
	defer p.reset()
	for {
		if row, err := p.step(); !row {
			return err
		}
	}
}

// change executes the statement. It returns the error unchanged if no row was changed.
func (p *prepared) change(unchanged error) error {
	if err := p.run(); err != nil {
		return err
	}
	if lib.Xsqlite3_changes(p.on.thread, p.on.database) == 0 {
		return unchanged
	}
	return nil
}

// first executes the statement and calls read for its first row. Without a row the error is
// sql.ErrNoRows.
func (p *prepared) first(read func(*prepared) error) error {
	defer p.reset()
	row, err := p.step()
	if err != nil {
		return err
	}
	if !row {
		return sql.ErrNoRows
	}
	return read(p)
}

// next returns the value of the next column, and its type. SQLite has the values of a row in an array. To ask for each
// of them would lock the connection each time.
func (p *prepared) next() (value uintptr, kind int32) {
	if p.column >= p.columns {
		panic(fmt.Sprintf("sqlite: a row has %d columns", p.columns))
	}
	value = p.row + p.column*p.distance
	p.column++
	return value, lib.Xsqlite3_value_type(p.on.thread, value)
}

// int returns the next column, which must be an integer.
func (p *prepared) int() int64 {
	value, _ := p.next()
	return lib.Xsqlite3_value_int64(p.on.thread, value)
}

// bytes returns the text of a value, which is SQLite's until the next step.
func (p *prepared) bytes(value uintptr) []byte {
	at := lib.Xsqlite3_value_text(p.on.thread, value)
	if at == 0 {
		return nil
	}
	return libc.GoBytes(at, int(lib.Xsqlite3_value_bytes(p.on.thread, value)))
}

// text returns the next column as a text.
func (p *prepared) text() string {
	value, _ := p.next()
	return string(p.bytes(value))
}

// Scan sets the targets to the next columns, as a *sql.Row does.
func (p *prepared) Scan(targets ...any) error {
	for _, target := range targets {
		value, kind := p.next()
		if kind == lib.SQLITE_NULL {
			continue
		}
		switch target := target.(type) {
		case *string:
			*target = string(p.bytes(value))
		case **string:
			text := string(p.bytes(value))
			*target = &text
		case *int64:
			*target = lib.Xsqlite3_value_int64(p.on.thread, value)
		case **int64:
			number := lib.Xsqlite3_value_int64(p.on.thread, value)
			*target = &number
		default:
			panic(fmt.Sprintf("sqlite: %T is no target", target))
		}
	}
	return nil
}
