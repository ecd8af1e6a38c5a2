package odata_test

import (
	"strings"
	"testing"
)

// BenchmarkParseFilter shows that the time is linear in the length of the text. Both
// sizes have the same cost per byte.
func BenchmarkParseFilter(b *testing.B) {
	const condition = "activity eq 'Call' and startDate ge 2019-06-16 and microsoft.graph.callActivityStatistics/afterHours gt duration'PT1H'"
	for name, text := range map[string]string{
		"one": condition,
		"16":  strings.Repeat(condition+" or ", 15) + condition,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := model.ParseFilter(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
