package store

import (
	"math/big"

	"afterhours/store/edm"
)

// Summary is what is known of many values of one kind, a duration or a number.
type Summary struct {
	// Count is how many values are not null. If it is 0, the rest means nothing.
	Count int64
	// High and Low are the sum of the values, which may be out of their range: High is in
	// units of 2 to the power of 32.
	High, Low int64
	// Least and Greatest are the ends of the values.
	Least, Greatest Value
}

// folder is what one aggregate of one group has of the values so far.
type folder struct {
	count           int64 // of the values in the sum
	sum             big.Int
	least, greatest Value
	distinct        map[Value]bool
}

// addTimes adds a value count times to the sum.
func (f *folder) addTimes(v Value, count int64) {
	f.count += count
	f.stretch(v, v)
	var product big.Int
	product.Mul(big.NewInt(v.Number+int64(v.Duration)), big.NewInt(count)) // one of them is 0
	f.sum.Add(&f.sum, &product)
}

func (f *folder) addSummary(s *Summary) {
	if s.Count == 0 {
		return
	}
	f.count += s.Count
	f.stretch(s.Least, s.Greatest)
	var high big.Int
	high.Lsh(big.NewInt(s.High), 32)
	f.sum.Add(&f.sum, high.Add(&high, big.NewInt(s.Low)))
}

// stretch makes room for values between two.
func (f *folder) stretch(least, greatest Value) {
	if f.least.Kind == KindNull || Compare(least, f.least) < 0 {
		f.least = least
	}
	if f.greatest.Kind == KindNull || Compare(greatest, f.greatest) > 0 {
		f.greatest = greatest
	}
}

// isNew reports whether the value comes for the first time.
func (f *folder) isNew(v Value) bool {
	if f.distinct[v] {
		return false
	}
	if f.distinct == nil {
		f.distinct = map[Value]bool{}
	}
	f.distinct[v] = true
	return true
}

// result returns the value of an aggregate of a group of all statistics. ok is false if a sum is
// out of range.
func (f *folder) result(method Method, all int64) (value Value, ok bool) {
	switch method {
	case CountAll:
		return wholeNumber(int(all)), true
	case MethodCountDistinct:
		return wholeNumber(len(f.distinct)), true
	case MethodMin:
		return f.least, true
	case MethodMax:
		return f.greatest, true
	}
	if f.count == 0 {
		return Value{}, true
	}
	sum := &f.sum
	if method == MethodAverage {
		sum = new(big.Int).Quo(sum, big.NewInt(f.count)) // towards zero
	}
	if f.least.Kind == KindNumber {
		return Value{Kind: KindNumber, Number: sum.Int64()}, sum.IsInt64()
	}
	return durationValue(edm.Duration(sum.Int64())), sum.IsInt64()
}
