package wire

import (
	"fmt"
	"reflect"
	"strings"

	"afterhours/gen"
	"afterhours/gen/nullable"
	"afterhours/store"
	"afterhours/store/edm"
)

// durationProperty is a duration of the store's table and its field in gen.ActivityStatisticsUpdate.
type durationProperty struct {
	*store.Definition
	field int
}

// durationProperties are the durations of the store's table, in the order in which they are written.
var durationProperties = func() []durationProperty {
	body := reflect.TypeFor[gen.ActivityStatisticsUpdate]()
	fields := map[string]int{}
	for i := range body.NumField() {
		name, _, _ := strings.Cut(body.Field(i).Tag.Get("json"), ",")
		fields[name] = i
	}
	var properties []durationProperty
	for _, d := range store.Durations() {
		field, ok := fields[string(d.Name)]
		if !ok {
			panic(fmt.Sprintf("the contract has no property %s: run go generate ./...", d.Name))
		}
		properties = append(properties, durationProperty{d, field})
	}
	return properties
}()

// given returns the value of the property among the fields of an update.
func (p durationProperty) given(fields reflect.Value) nullable.Nullable[edm.Duration] {
	return *fields.Field(p.field).Addr().Interface().(*nullable.Nullable[edm.Duration])
}
