package sqlite

import (
	"database/sql"
	"errors"
	"strings"

	lib "modernc.org/sqlite/lib"

	"afterhours/store"
	"afterhours/store/edm"
)

func (p *prepared) setOwner(owner store.Owner) *prepared {
	return p.setText(owner.Tenant).setText(owner.User)
}

func (p *prepared) setKey(key store.Key) *prepared { return p.setOwner(key.Owner).setText(key.ID) }

// setStatistic binds sqlquery.Columns.
func (p *prepared) setStatistic(s *store.Statistic) *prepared {
	return p.setUnindexed(s).setIndexed(s)
}

// setUnindexed binds sqlquery.Unindexed.
func (p *prepared) setUnindexed(s *store.Statistic) *prepared {
	p.setInt(int64(s.Revision)).setDate(s.EndDate)
	if s.TimeZoneUsed.Valid {
		p.setText(s.TimeZoneUsed.Value)
	} else {
		p.setNull()
	}
	for _, duration := range store.Durations() {
		if ticks := duration.Duration(&s.Record); ticks.Valid {
			p.setInt(int64(ticks.Value))
		} else {
			p.setNull()
		}
	}
	return p
}

// setIndexed binds those of sqlquery.Columns that come after sqlquery.Unindexed.
func (p *prepared) setIndexed(s *store.Statistic) *prepared {
	return p.setText(string(s.Type)).setText(string(s.Activity)).setDate(s.StartDate)
}

func (p *prepared) setDate(date store.Null[edm.Date]) *prepared {
	if !date.Valid {
		return p.setNull()
	}
	return p.setText(date.Value.String())
}

// settingsOf reads the row. Without a row, the settings are the defaults.
func settingsOf(p *prepared, settings *store.Settings) error {
	err := p.first(func(p *prepared) error { p.readSettings(settings); return nil })
	if errors.Is(err, sql.ErrNoRows) {
		*settings = store.DefaultSettings
		return nil
	}
	return err
}

// words are the types and activities, which need no memory for each row.
var words = func() map[string]string {
	words := map[string]string{}
	for _, activity := range store.Activities {
		words[string(activity)] = string(activity)
		words[strings.ToLower(string(activity))] = strings.ToLower(string(activity))
	}
	return words
}()

// pageTexts are texts of one page. They share memory, so that they need an allocation for some 512 bytes and not one for
// each. The zero value is ready.
type pageTexts struct{ strings.Builder }

// of returns a text with these bytes.
func (t *pageTexts) of(text []byte) string {
	if t.Cap()-t.Len() < len(text) {
		t.Reset()
		t.Grow(max(512, len(text)))
	}
	begin := t.Len()
	t.Write(text)
	return t.String()[begin:]
}

// readStatistic reads the id and sqlquery.Columns of a row. What the statistic had is of the row
// before: it often has the same time zone. The id is one of ids, or stands alone if they are nil.
func (p *prepared) readStatistic(s *store.Statistic, ids *pageTexts) (err error) {
	zone := s.TimeZoneUsed.Value
	value, _ := p.next()
	id := p.bytes(value)
	*s = store.Statistic{Revision: store.Revision(p.int())}
	if ids != nil {
		s.ID = ids.of(id)
	} else {
		s.ID = string(id)
	}
	if s.EndDate, err = p.date(); err != nil {
		return err
	}
	if value, kind := p.next(); kind != lib.SQLITE_NULL {
		if text := p.bytes(value); string(text) != zone {
			zone = string(text)
		}
		s.TimeZoneUsed = store.Of(zone)
	}
	for _, duration := range store.Durations() {
		if value, kind := p.next(); kind != lib.SQLITE_NULL {
			*duration.Duration(&s.Record) = store.Of(edm.Duration(lib.Xsqlite3_value_int64(p.on.thread, value)))
		}
	}
	s.Type, s.Activity = store.Type(p.word()), store.Activity(p.word())
	s.StartDate, err = p.date()
	return err
}

// word returns the next column, which is one of words, mostly.
func (p *prepared) word() string {
	value, _ := p.next()
	text := p.bytes(value)
	if word, ok := words[string(text)]; ok {
		return word
	}
	return string(text)
}

func (p *prepared) date() (date store.Null[edm.Date], err error) {
	value, kind := p.next()
	if kind == lib.SQLITE_NULL {
		return date, nil
	}
	date.Valid = true
	if date.Value, err = edm.ParseDate(string(p.bytes(value))); err != nil { // it quotes the text, which must not go into a log
		return date, errors.New("a date is stored as a TEXT that is not of the form YYYY-MM-DD")
	}
	return date, nil
}

func (p *prepared) readSettings(s *store.Settings) {
	s.HasGraphMailbox, s.HasLicense, s.HasOptedOut = p.int() != 0, p.int() != 0, p.int() != 0
}
