package spec_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"slices"
	"strings"
	"testing"

	"afterhours/handlers/spec"
)

// node is an element of $metadata.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (n node) attr(name string) string {
	for _, one := range n.Attrs {
		if one.Name.Local == name {
			return one.Value
		}
	}
	return ""
}

// find returns the elements of the name below n whose Name, Term or Property is that of the second argument.
func (n node) find(element, name string) []node {
	var found []node
	for _, one := range n.Nodes {
		if one.XMLName.Local == element && (name == "" || slices.Contains([]string{one.attr("Name"), one.attr("Term"), one.attr("Property")}, name)) {
			found = append(found, one)
		}
		found = append(found, one.find(element, name)...)
	}
	return found
}

// vocabularies are the aliases of the vocabularies of OASIS that $metadata has terms of.
var vocabularies = []string{"Core", "Capabilities", "Aggregation"}

func metadataOf(t *testing.T, contract string) node {
	t.Helper()
	c, err := spec.Load([]byte(contract))
	if err != nil {
		t.Fatal(err)
	}
	text := c.Metadata
	for _, alias := range vocabularies { // the tests name terms as people do
		text = bytes.ReplaceAll(text, []byte(`Term="Org.OData.`+alias+`.V1.`), []byte(`Term="`+alias+`.`))
	}
	var root node
	if err := xml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

func contractText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// vocabulary has the terms that $metadata may use: the elements that a term may annotate, the form of its
// value, and the properties of a record. It is from the vocabularies Org.OData.Core.V1,
// Org.OData.Capabilities.V1 and Org.OData.Aggregation.V1. A containment navigation property is an implicit entity set (CSDL 8.4).
var vocabulary = map[string]struct{ on, value, properties string }{
	"Core.Description":           {"EnumType ComplexType EntityType Property NavigationProperty Function", "String", ""},
	"Core.ODataVersions":         {"EntityContainer", "String", ""},
	"Core.OptimisticConcurrency": {"EntitySet NavigationProperty", "Collection", ""},

	"Aggregation.ApplySupported": {"EntitySet NavigationProperty", "Record", "Transformations Rollup"},

	"Capabilities.ConformanceLevel":              {"EntityContainer", "EnumMember", ""},
	"Capabilities.SupportedFormats":              {"EntityContainer", "Collection", ""},
	"Capabilities.SupportedMetadataFormats":      {"EntityContainer", "Collection", ""},
	"Capabilities.KeyAsSegmentSupported":         {"EntityContainer", "Bool", ""},
	"Capabilities.QuerySegmentSupported":         {"EntityContainer", "Bool", ""},
	"Capabilities.AsynchronousRequestsSupported": {"EntityContainer", "Bool", ""},
	"Capabilities.CrossJoinSupported":            {"EntityContainer", "Bool", ""},
	"Capabilities.DeepInsertSupport":             {"EntityContainer EntitySet NavigationProperty", "Record", "Supported"},
	"Capabilities.DeepUpdateSupport":             {"EntityContainer EntitySet NavigationProperty", "Record", "Supported"},
	"Capabilities.FilterFunctions":               {"EntityContainer EntitySet NavigationProperty", "Collection", ""},
	"Capabilities.BatchSupport":                  {"EntityContainer", "Record", "Supported ContinueOnErrorSupported ReferencesInRequestBodiesSupported EtagReferencesSupported SupportedFormats"},
	"Capabilities.ChangeTracking":                {"EntitySet Singleton NavigationProperty", "Record", "Supported"},
	"Capabilities.FilterRestrictions":            {"EntitySet NavigationProperty", "Record", "Filterable FilterExpressionRestrictions"},
	"Capabilities.SearchRestrictions":            {"EntitySet NavigationProperty", "Record", "Searchable"},
	"Capabilities.SortRestrictions":              {"EntitySet NavigationProperty", "Record", "Sortable AscendingOnlyProperties NonSortableProperties"},
	"Capabilities.CountRestrictions":             {"EntitySet NavigationProperty", "Record", "Countable"},
	"Capabilities.ExpandRestrictions":            {"EntitySet Singleton NavigationProperty", "Record", "Expandable NonExpandableProperties"},
	"Capabilities.TopSupported":                  {"EntitySet NavigationProperty", "Bool", ""},
	"Capabilities.SkipSupported":                 {"EntitySet NavigationProperty", "Bool", ""},
	"Capabilities.ComputeSupported":              {"EntitySet NavigationProperty", "Bool", ""},
	"Capabilities.IndexableByKey":                {"EntitySet NavigationProperty", "Bool", ""},
	"Capabilities.SelectSupport":                 {"EntityContainer EntitySet Singleton NavigationProperty", "Record", "Supported"},
	"Capabilities.ReadRestrictions":              {"EntitySet Singleton NavigationProperty", "Record", "Readable ReadByKeyRestrictions"},
	"Capabilities.InsertRestrictions":            {"EntitySet NavigationProperty", "Record", "Insertable"},
	"Capabilities.UpdateRestrictions":            {"EntitySet Singleton NavigationProperty", "Record", "Updatable Upsertable FilterSegmentSupported TypecastSegmentSupported"},
	"Capabilities.DeleteRestrictions":            {"EntitySet NavigationProperty", "Record", "Deletable FilterSegmentSupported TypecastSegmentSupported"},
	"Capabilities.OperationRestrictions":         {"Function", "Record", "FilterSegmentSupported"},
	"Capabilities.NavigationRestrictions":        {"EntitySet Singleton NavigationProperty", "Record", "RestrictedProperties"},
}

// restricted are the properties of a record in RestrictedProperties that are no terms with that value.
const restricted = "NavigationProperty FilterRestrictions SearchRestrictions SortRestrictions TopSupported SkipSupported SelectSupport " +
	"IndexableByKey ReadRestrictions InsertRestrictions UpdateRestrictions DeleteRestrictions"

// TestAnnotations holds each annotation of $metadata against the vocabularies of OASIS.
func TestAnnotations(t *testing.T) {
	root := metadataOf(t, contractText(t))
	checkAnnotations(t, root)
	for _, one := range slices.Concat(root.find("EnumType", ""), root.find("ComplexType", ""), root.find("EntityType", ""), root.find("Property", ""), root.find("NavigationProperty", ""), root.find("Function", "")) {
		if found := own(one, "Core.Description"); found == nil || len(found.attr("String")) < 10 {
			t.Errorf("%s %s has no description", one.XMLName.Local, one.attr("Name"))
		}
	}
	for _, record := range root.find("PropertyValue", "RestrictedProperties")[0].Nodes[0].Nodes {
		for _, property := range record.Nodes {
			if !slices.Contains(strings.Fields(restricted), property.attr("Property")) {
				t.Errorf("RestrictedProperties has no %s", property.attr("Property"))
			}
		}
	}
}

// TestModelReadsAlone checks that the model as XML names no other document: Olingo gets each one that an edmx:Reference
// names, and sends the caller's token there. Without references there are no aliases.
func TestModelReadsAlone(t *testing.T) {
	text := string(loadTestContract(t).Metadata)
	if at := strings.Index(text, "edmx:Reference"); at >= 0 {
		t.Errorf("the model has a reference: %.200s", text[at:])
	}
	terms := strings.Count(text, ` Term="`)
	if full := strings.Count(text, ` Term="Org.OData.`); terms < 60 || full != terms {
		t.Errorf("%d of %d terms have the namespace of their vocabulary", full, terms)
	}
}

func own(of node, term string) *node {
	for i, one := range of.Nodes {
		if one.XMLName.Local == "Annotation" && one.attr("Term") == term {
			return &of.Nodes[i]
		}
	}
	return nil
}

func checkAnnotations(t *testing.T, of node) {
	t.Helper()
	seen := map[string]bool{}
	for _, one := range of.Nodes {
		checkAnnotations(t, one)
		if one.XMLName.Local != "Annotation" {
			continue
		}
		name := one.attr("Term")
		term, known := vocabulary[name]
		kind := of.XMLName.Local
		switch {
		case seen[name]:
			t.Errorf("%s %s has %s twice", kind, of.attr("Name"), name)
		case !known || !slices.Contains(strings.Fields(term.on), kind):
			t.Errorf("%s is no term for %s %s", name, kind, of.attr("Name"))
		case one.attr(term.value) == "" && (len(one.Nodes) != 1 || one.Nodes[0].XMLName.Local != term.value):
			t.Errorf("%s of %s has a value that is no %s", name, of.attr("Name"), term.value)
		}
		seen[name] = true
		if term.value != "Record" {
			continue
		}
		for _, property := range one.Nodes[0].Nodes {
			if !slices.Contains(strings.Fields(term.properties), property.attr("Property")) {
				t.Errorf("a record of %s has no %s", name, property.attr("Property"))
			}
		}
	}
}

// TestCapabilitiesFollowTheContract checks that an operation or a query option that the contract loses or
// gains changes what $metadata tells of it.
func TestCapabilitiesFollowTheContract(t *testing.T) {
	text := contractText(t)
	statistics := func(root node, user, property string) string {
		records := own(root.find(user, "")[0], "Capabilities.NavigationRestrictions").find("Collection", "")[0].Nodes
		at := slices.IndexFunc(records, func(one node) bool {
			return one.find("PropertyValue", "NavigationProperty")[0].attr("NavigationPropertyPath") == "analytics/activityStatistics"
		})
		return records[at].find("PropertyValue", property)[0].attr("Bool")
	}
	root := metadataOf(t, text)
	for _, user := range []string{"EntitySet", "Singleton"} {
		for _, property := range []string{"Updatable", "Upsertable", "Deletable", "Insertable", "Filterable", "Sortable", "TopSupported", "SkipSupported"} {
			if got := statistics(root, user, property); got != "true" {
				t.Errorf("%s: %s is %s", user, property, got)
			}
		}
	}
	for _, test := range []struct{ property, old, changed, want string }{
		{"Updatable", "    patch:\n      tags: [statistics]\n      operationId: updateMyStatistic\n", "    trace:\n      tags: [statistics]\n      operationId: updateMyStatistic\n", "false"},
		{"Deletable", "    delete:\n      tags: [statistics]\n      operationId: deleteMyStatistic\n", "    trace:\n      tags: [statistics]\n      operationId: deleteMyStatistic\n", "false"},
		{"Sortable", "    orderby:\n      name: $orderby\n", "    orderby:\n      name: $order\n", "false"},
		{"Searchable", "    orderby:\n      name: $orderby\n", "    orderby:\n      name: $search\n", "true"},
	} {
		if changed := strings.Replace(text, test.old, test.changed, 1); changed == text {
			t.Errorf("%s: the contract has no %q", test.property, test.old)
		} else if got := statistics(metadataOf(t, changed), "Singleton", test.property); got != test.want {
			t.Errorf("%s is %s after the change, want %s", test.property, got, test.want)
		}
	}
}

// TestServiceAnnotations checks what $metadata says of the service as a whole.
func TestServiceAnnotations(t *testing.T) {
	container := metadataOf(t, contractText(t)).find("EntityContainer", "")[0]
	if got := own(container, "Capabilities.ConformanceLevel").attr("EnumMember"); got != "Org.OData.Capabilities.V1.ConformanceLevelType/Intermediate" {
		t.Errorf("ConformanceLevel is %s", got)
	}
	if got := own(container, "Core.ODataVersions").attr("String"); !strings.HasPrefix(got, "4.0") {
		t.Errorf("ODataVersions is %s", got)
	}
	texts := func(term string) (all []string) {
		for _, one := range own(container, term).find("String", "") {
			all = append(all, one.Text)
		}
		return all
	}
	for term, want := range map[string][]string{
		"Capabilities.BatchSupport": {"application/json"}, "Capabilities.SupportedFormats": {"application/json"}, "Capabilities.SupportedMetadataFormats": {"application/xml"},
		"Capabilities.FilterFunctions": {"contains", "eq", "in", "isof", "not", "year", "add", "matchespattern"},
	} {
		got := texts(term)
		for _, one := range want {
			if !slices.Contains(got, one) {
				t.Errorf("%s is %v, without %s", term, got, one)
			}
		}
	}
}

// TestDeltaAndApplyFollowTheContract checks that $metadata has the function delta, with the annotation for change tracking, and
// the transformations of $apply as long as the contract has the operations.
func TestDeltaAndApplyFollowTheContract(t *testing.T) {
	text := contractText(t)
	root := metadataOf(t, text)
	delta := root.find("Function", "delta")
	if len(delta) != 1 || delta[0].attr("IsBound") != "true" {
		t.Fatalf("the functions delta are %v", delta)
	}
	const statistics = "Collection(microsoft.graph.activityStatistics)"
	if parameter, returned := delta[0].find("Parameter", "bindingParameter"), delta[0].find("ReturnType", ""); parameter[0].attr("Type") != statistics || returned[0].attr("Type") != statistics {
		t.Errorf("delta is bound to %v and returns %v", parameter, returned)
	}
	annotated := func(root node, term string) *node {
		return own(root.find("NavigationProperty", "activityStatistics")[0], term)
	}
	if annotated(root, "Capabilities.ChangeTracking").find("PropertyValue", "Supported")[0].attr("Bool") != "true" {
		t.Error("ChangeTracking is not supported")
	}
	var named []string
	for _, one := range annotated(root, "Aggregation.ApplySupported").find("String", "") {
		named = append(named, one.Text)
	}
	if want := []string{"aggregate", "compute", "filter", "groupby", "identity"}; !slices.Equal(named, want) {
		t.Errorf("the transformations are %v, want %v", named, want)
	}
	without := metadataOf(t, strings.NewReplacer("activityStatistics/delta():", "activityStatistics/changes:", "activityStatistics/$apply:", "activityStatistics/$groups:").Replace(text))
	if len(without.find("Function", "")) > 0 || annotated(without, "Capabilities.ChangeTracking") != nil || annotated(without, "Aggregation.ApplySupported") != nil {
		t.Error("$metadata promises delta or $apply, which the contract lacks")
	}
}
