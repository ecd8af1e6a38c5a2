package memory_test

import (
	"testing"

	"afterhours/store"
	"afterhours/store/memory"
	"afterhours/store/storetest"
)

func open(testing.TB) store.Store { return memory.New() }

func TestStore(t *testing.T) { storetest.Run(t, open) }

func BenchmarkPut(b *testing.B) { storetest.BenchmarkPut(b, open) }

func BenchmarkFilter(b *testing.B) { storetest.BenchmarkFilter(b, open) }

func BenchmarkAggregate(b *testing.B) { storetest.BenchmarkAggregate(b, open) }

func BenchmarkExpensiveFilter(b *testing.B) { storetest.BenchmarkExpensiveFilter(b, open) }
