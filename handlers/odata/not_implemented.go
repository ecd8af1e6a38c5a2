package odata

// standardFunctions has the functions of OData 4.01 that this package does not have (URL conventions,
// section 5.1.1).
var standardFunctions = names("hassubset", "hassubsequence", "indexof", "substring", "matchespattern",
	"date", "fractionalseconds", "hour", "maxdatetime", "mindatetime", "minute", "now", "second", "time", "totaloffsetminutes",
	"ceiling", "floor", "round", "cast", "geo.distance", "geo.intersects", "geo.length", "case")

// standardOperators has the operators of OData 4.01 that this package does not have.
var standardOperators = names("has", "mod", "divby")

func names(all ...string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, name := range all {
		set[name] = true
	}
	return set
}
