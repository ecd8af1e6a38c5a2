package spec_test

import "testing"

// TestKeys checks that each entity type inherits or declares one key, and that the type which declares it has its property:
// CSDL 6.5 forbids a second key, and OpenUI5 looks nowhere else.
func TestKeys(t *testing.T) {
	types := map[string]node{}
	for _, one := range metadataOf(t, contractText(t)).find("EntityType", "") {
		types["microsoft.graph."+one.attr("Name")] = one
	}
	for name, one := range types {
		keys, properties := 0, map[string]int{}
		for at, more := one, true; more; at, more = types[at.attr("BaseType")], at.attr("BaseType") != "" {
			for _, ref := range at.find("PropertyRef", "") {
				keys++
				if at.find("Property", ref.attr("Name")) == nil {
					t.Errorf("%s has the key %s, which it does not declare", at.attr("Name"), ref.attr("Name"))
				}
			}
			for _, property := range at.find("Property", "") {
				if properties[property.attr("Name")]++; properties[property.attr("Name")] > 1 {
					t.Errorf("%s repeats the property %s of a base type", name, property.attr("Name"))
				}
			}
		}
		if keys != 1 && name != "microsoft.graph.entity" {
			t.Errorf("%s has %d keys, want 1", name, keys)
		}
	}
}
