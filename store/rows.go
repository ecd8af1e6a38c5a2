package store

import "reflect"

// Rows are statistics, settings and aliases of any owners. The slices must not be changed.
type Rows struct {
	Statistics []OwnedRecord
	Settings   []OwnedSettings
	Users      []User
}

// OwnedRecord is a statistic without its revision.
type OwnedRecord struct {
	Key    Key
	Record Record
}

// OwnedSettings are the settings that an owner has stored.
type OwnedSettings struct {
	Owner    Owner
	Settings Settings
}

// Of returns the rows of the tenant, or all rows if it is "".
func (r Rows) Of(tenant string) Rows {
	if tenant == "" {
		return r
	}
	var of Rows
	for _, one := range r.Statistics {
		if one.Key.Tenant == tenant {
			of.Statistics = append(of.Statistics, one)
		}
	}
	for _, one := range r.Settings {
		if one.Owner.Tenant == tenant {
			of.Settings = append(of.Settings, one)
		}
	}
	for _, one := range r.Users {
		if one.Tenant == tenant {
			of.Users = append(of.Users, one)
		}
	}
	return of
}

// Size returns about how many bytes of memory the rows take.
func (r Rows) Size() (size int64) {
	for i := range r.Statistics {
		size += r.Statistics[i].size()
	}
	for i := range r.Settings {
		size += r.Settings[i].size()
	}
	for i := range r.Users {
		size += r.Users[i].size()
	}
	return size
}

var (
	recordSize   = int64(reflect.TypeFor[OwnedRecord]().Size())
	settingsSize = int64(reflect.TypeFor[OwnedSettings]().Size())
	userSize     = int64(reflect.TypeFor[User]().Size())
)

func (r *OwnedRecord) size() int64 {
	return recordSize + r.Key.Owner.size() + int64(len(r.Key.ID)+len(r.Record.Type)+len(r.Record.Activity)+len(r.Record.TimeZoneUsed.Value))
}

func (s *OwnedSettings) size() int64 { return settingsSize + s.Owner.size() }

func (u *User) size() int64 { return userSize + u.Owner.size() + int64(len(u.UPN)+len(u.LearnedBy)) }

func (o Owner) size() int64 { return int64(len(o.Tenant) + len(o.User)) }

// Collector gathers rows up to a limit of bytes.
type Collector struct {
	Rows Rows
	left int64
}

// NewCollector returns a collector of rows that take no more bytes than limit.
func NewCollector(limit int64) *Collector { return &Collector{left: limit} }

// Statistic adds a statistic. The error is ErrFull if there is no room.
func (c *Collector) Statistic(key Key, record Record) error {
	row := OwnedRecord{key, record}
	c.Rows.Statistics = append(c.Rows.Statistics, row)
	return c.take(row.size())
}

// Settings adds the settings of an owner. The error is ErrFull if there is no room.
func (c *Collector) Settings(owner Owner, settings Settings) error {
	row := OwnedSettings{owner, settings}
	c.Rows.Settings = append(c.Rows.Settings, row)
	return c.take(row.size())
}

// User adds an alias. The error is ErrFull if there is no room.
func (c *Collector) User(user User) error {
	c.Rows.Users = append(c.Rows.Users, user)
	return c.take(user.size())
}

func (c *Collector) take(size int64) error {
	if c.left -= size; c.left < 0 {
		return ErrFull
	}
	return nil
}
