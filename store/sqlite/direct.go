package sqlite

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// direct is a connection whose statements run without database/sql and without its driver.
// Those lock, convert and allocate for every column, which costs more than SQLite does for a
// row. One goroutine at a time may use it.
type direct struct {
	conn     *sql.Conn // for statements that are too rare to prepare
	thread   *libc.TLS // SQLite's name for the caller
	database uintptr   // SQLite's handle
	prepared []*prepared
}

func newDirect(conn *sql.Conn) (*direct, error) {
	database, err := handle(conn)
	if err != nil {
		return nil, err
	}
	return &direct{conn: conn, thread: libc.NewTLS(), database: database}, nil
}

// close closes the statements and then the connection, which would stay open otherwise.
func (d *direct) close() (err error) {
	for _, prepared := range d.prepared {
		err = errors.Join(err, prepared.close())
	}
	d.thread.Close()
	return errors.Join(err, d.conn.Close())
}

// prepare prepares a statement, by the driver.
func (d *direct) prepare(ctx context.Context, query string) (*prepared, error) {
	p := &prepared{on: d}
	err := d.conn.Raw(func(opened any) (err error) {
		if p.statement, err = opened.(sqldriver.ConnPrepareContext).PrepareContext(ctx, query); err != nil {
			return err
		}
		p.handle, err = handleOf(p.statement, "pstmt")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", query, err)
	}
	p.columns = uintptr(lib.Xsqlite3_column_count(d.thread, p.handle))
	p.texts = make([]text, lib.Xsqlite3_bind_parameter_count(d.thread, p.handle)+1)
	d.prepared = append(d.prepared, p)
	return p, nil
}

func (d *direct) prepareAll(ctx context.Context, queries map[**prepared]string) (err error) {
	for statement, query := range queries {
		if *statement, err = d.prepare(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// forget closes one statement.
func (d *direct) forget(p *prepared) error {
	d.prepared = slices.DeleteFunc(d.prepared, func(other *prepared) bool { return other == p })
	return p.close()
}

// failure returns the error of SQLite's code, which the last call on the connection returned.
func (d *direct) failure(code int32) error {
	text := libc.GoString(lib.Xsqlite3_errstr(d.thread, code))
	if more := libc.GoString(lib.Xsqlite3_errmsg(d.thread, d.database)); more != text {
		text += ": " + more
	}
	return &failed{fmt.Sprintf("%s (%d)", text, code), int(code)}
}

// failed is an error of SQLite's.
type failed struct {
	text string
	code int
}

func (f *failed) Error() string { return f.text }

// Code returns SQLite's extended code.
func (f *failed) Code() int { return f.code }

// handle returns SQLite's handle of a connection. The driver does not export it, and has no
// way to interrupt a query between two rows.
func handle(conn *sql.Conn) (database uintptr, err error) {
	err = conn.Raw(func(opened any) error {
		database, err = handleOf(opened, "db")
		return err
	})
	return database, err
}

// handleOf returns SQLite's handle in a value of the driver.
func handleOf(of any, name string) (uintptr, error) {
	field := reflect.Indirect(reflect.ValueOf(of)).FieldByName(name)
	if field.Kind() != reflect.Uintptr || field.Uint() == 0 {
		return 0, fmt.Errorf("%T has no handle named %s", of, name)
	}
	return uintptr(field.Uint()), nil
}
