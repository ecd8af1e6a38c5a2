package spec

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/handlers/odata"
)

// The paths of the contract that the entries of $metadata stand for. The entry me stands for the same
// operations as one of users.
const (
	usersPath      = "/users"
	userPath       = usersPath + "/{user-id}"
	mePath         = "/me"
	analyticsPart  = "/analytics"
	statisticsPart = analyticsPart + "/activityStatistics"
	keyPart        = "/{activityStatistics-id}"
	deltaPart      = "/" + deltaName
	applyPart      = "/$apply"
)

// addCapabilities annotates the model with what clients can do, by the operations of the contract
// (vocabulary Org.OData.Capabilities.V1). A client that reads them sends no request that is refused.
func (c *Contract) addCapabilities(m *metadata) {
	users, me := &m.Container.EntitySets[0], &m.Container.Singletons[0]
	users.Annotations = terms(slices.Concat(c.collectionQueries(usersPath), c.collectionOnly(usersPath), c.collectionAccess(usersPath, userPath)))
	users.Annotations = append(users.Annotations, annotation{"Capabilities.NavigationRestrictions", c.navigation(userPath)})
	restrictUsers(users.Annotations)
	me.Annotations = terms(slices.Concat(c.entityQueries(mePath), c.entityAccess(mePath)))
	me.Annotations = append(me.Annotations, annotation{"Capabilities.NavigationRestrictions", c.navigation(mePath)})
	m.Container.Annotations = c.service()
	m.Functions = c.functions()
	for i := range m.Entities {
		if m.Entities[i].Name == "userAnalytics" {
			statistics := &m.Entities[i].Navigation[0]
			statistics.Annotations = append(statistics.Annotations, c.containment()...)
		}
	}
}

// restrictUsers adds to the annotations of users what a query of them can be, which the contract says in words alone.
func restrictUsers(annotations []annotation) {
	single := func(property propertyPath) record {
		return record{{"Property", property}, {"AllowedExpressions", "SingleValue"}}
	}
	more := map[string]record{
		"Capabilities.FilterRestrictions": {{"FilterExpressionRestrictions", collection{single("id"), single("userPrincipalName")}}},
		"Capabilities.SortRestrictions":   {{"AscendingOnlyProperties", collection{propertyPath("id")}}, {"NonSortableProperties", collection{propertyPath("userPrincipalName")}}},
		"Capabilities.ExpandRestrictions": {{"NonExpandableProperties", collection{pathValue("analytics/activityStatistics")}}},
	}
	for i, one := range annotations {
		if properties := more[one.Term]; properties != nil {
			annotations[i].Value = append(one.Value.(record), properties...)
		}
	}
}

// service returns the annotations of the container, which are about the service as a whole.
func (c *Contract) service() []annotation {
	versions := c.doc.Components.Headers["odataVersion"].Value.Schema.Value.Enum
	metadata := c.operationOf(http.MethodGet, "/$metadata")
	level, _ := metadata.Extensions["x-conformance-level"].(string)
	batch := c.operationOf(http.MethodPost, "/$batch").RequestBody.Value.Content
	return []annotation{
		{"Core.ODataVersions", strings.Join(texts(versions), " ")},
		{"Capabilities.ConformanceLevel", enumValue("Org.OData.Capabilities.V1.ConformanceLevelType/" + level)},
		{"Capabilities.SupportedFormats", textCollection(mediaTypes(c.operationOf(http.MethodGet, userPath+statisticsPart).Responses.Status(http.StatusOK).Value.Content))},
		{"Capabilities.SupportedMetadataFormats", textCollection(mediaTypes(metadata.Responses.Status(http.StatusOK).Value.Content))},
		{"Capabilities.KeyAsSegmentSupported", true},
		{"Capabilities.QuerySegmentSupported", c.has(http.MethodPost, userPath+statisticsPart+"/$query")},
		{"Capabilities.AsynchronousRequestsSupported", false},
		{"Capabilities.CrossJoinSupported", false},
		{"Capabilities.DeepInsertSupport", record{{"Supported", false}}},
		{"Capabilities.DeepUpdateSupport", record{{"Supported", false}}},
		{"Capabilities.FilterFunctions", textCollection(odata.FilterFunctions())},
		{"Capabilities.BatchSupport", record{
			{"Supported", true},
			{"ContinueOnErrorSupported", true},
			{"ReferencesInRequestBodiesSupported", false},
			{"EtagReferencesSupported", true},
			{"SupportedFormats", textCollection(mediaTypes(batch))},
		}},
	}
}

// navigation returns the restrictions of what is below a user.
func (c *Contract) navigation(user string) record {
	analytics, statistics := user+analyticsPart, user+statisticsPart
	return record{{"RestrictedProperties", collection{
		slices.Concat(record{{"NavigationProperty", pathValue("analytics")}},
			c.entityQueries(analytics), c.entityAccess(analytics), record{{"DeleteRestrictions", record{{"Deletable", false}}}}),
		slices.Concat(record{{"NavigationProperty", pathValue("analytics/activityStatistics")}},
			c.collectionQueries(statistics), c.collectionAccess(statistics, statistics+keyPart)),
	}}}
}

// containment returns the annotations of the statistics that NavigationRestrictions have no place for. The
// terms are those of an entity set, which a containment navigation property is (CSDL 8.4).
func (c *Contract) containment() []annotation {
	statistics := userPath + statisticsPart
	annotations := append([]annotation{{"Core.OptimisticConcurrency", collection{}}}, terms(c.collectionOnly(statistics))...)
	if c.has(http.MethodGet, statistics+deltaPart) {
		annotations = append(annotations, annotation{"Capabilities.ChangeTracking", record{{"Supported", true}}})
	}
	if c.has(http.MethodGet, statistics+applyPart) {
		annotations = append(annotations, annotation{"Aggregation.ApplySupported", record{
			{"Transformations", textCollection(odata.Transformations())},
			{"Rollup", enumValue("Org.OData.Aggregation.V1.RollupType/None")},
		}})
	}
	return annotations
}

// functions returns the functions that the contract has.
func (c *Contract) functions() []function {
	delta := c.operationOf(http.MethodGet, userPath+statisticsPart+deltaPart)
	if delta == nil {
		return nil
	}
	notInPath := annotation{"Capabilities.OperationRestrictions", record{{"FilterSegmentSupported", false}}}
	return []function{{Name: "delta", Collection: collectionOf + namespace + ".activityStatistics)",
		Annotations: append(describe(delta.Summary), notInPath)}}
}

// collectionQueries returns which query options a collection takes.
func (c *Contract) collectionQueries(path string) record {
	return append(record{
		{"FilterRestrictions", record{{"Filterable", c.takes(path, "$filter")}}},
		{"SearchRestrictions", record{{"Searchable", c.takes(path, "$search")}}},
		{"SortRestrictions", record{{"Sortable", c.takes(path, "$orderby")}}},
		{"TopSupported", c.takes(path, "$top")},
		{"SkipSupported", c.takes(path, "$skip")},
	}, c.entityQueries(path)...)
}

// collectionOnly returns the capabilities of a collection for which NavigationRestrictions have no place.
func (c *Contract) collectionOnly(path string) record {
	return record{
		{"CountRestrictions", record{{"Countable", c.takes(path, "$count")}}},
		{"ComputeSupported", c.takes(path, "$compute")},
		{"ExpandRestrictions", record{{"Expandable", c.takes(path, "$expand")}}},
	}
}

func (c *Contract) entityQueries(path string) record {
	return record{{"SelectSupport", record{{"Supported", c.takes(path, "$select")}}}}
}

// collectionAccess returns whether entities of the collection can be read, created, updated and deleted.
func (c *Contract) collectionAccess(path, entity string) record {
	return record{
		{"IndexableByKey", c.isAddressed(entity)},
		{"ReadRestrictions", record{
			{"Readable", c.has(http.MethodGet, path)},
			{"ReadByKeyRestrictions", record{{"Readable", c.has(http.MethodGet, entity)}}},
		}},
		{"InsertRestrictions", record{{"Insertable", c.has(http.MethodPost, path)}}},
		{"UpdateRestrictions", append(c.updates(entity), notOfSeveral...)},
		{"DeleteRestrictions", append(record{{"Deletable", c.has(http.MethodDelete, entity)}}, notOfSeveral...)},
	}
}

// notOfSeveral says that no one request updates or deletes several entities, as by $each. Without it, a
// client may take the opposite for granted.
var notOfSeveral = record{{"FilterSegmentSupported", false}, {"TypecastSegmentSupported", false}}

// isAddressed reports whether the path begins a path of the contract.
func (c *Contract) isAddressed(path string) bool {
	return slices.ContainsFunc(c.doc.Paths.InMatchingOrder(), func(one string) bool {
		return one == path || strings.HasPrefix(one, path+"/")
	})
}

func (c *Contract) entityAccess(path string) record {
	return record{
		{"ReadRestrictions", record{{"Readable", c.has(http.MethodGet, path)}}},
		{"UpdateRestrictions", c.updates(path)},
	}
}

// updates returns whether an entity can be updated, and whether PUT may create it. It does not name the methods: OASIS's own
// converter knows only one.
func (c *Contract) updates(path string) record {
	replace := c.operationOf(http.MethodPut, path)
	return record{
		{"Updatable", c.has(http.MethodPatch, path)},
		{"Upsertable", replace != nil && replace.Responses.Status(http.StatusCreated) != nil},
	}
}

// terms returns the annotations with the terms of the vocabulary that the properties are named after.
func terms(of record) []annotation {
	annotations := make([]annotation, len(of))
	for i, one := range of {
		annotations[i] = annotation{"Capabilities." + one.Name, one.Value}
	}
	return annotations
}

// operationOf returns the operation at a path of the contract, nil if there is none.
func (c *Contract) operationOf(method, path string) *openapi3.Operation {
	if item := c.doc.Paths.Value(path); item != nil {
		return item.GetOperation(method)
	}
	return nil
}

func (c *Contract) has(method, path string) bool { return c.operationOf(method, path) != nil }

// takes reports whether a GET of the path takes the query option.
func (c *Contract) takes(path, option string) bool {
	op := c.operationOf(http.MethodGet, path)
	return op != nil && op.Parameters.GetByInAndName(openapi3.ParameterInQuery, option) != nil
}

func mediaTypes(content openapi3.Content) []string { return slices.Sorted(maps.Keys(content)) }

func texts(values []any) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = fmt.Sprint(value)
	}
	return all
}

func textCollection(values []string) collection {
	all := make(collection, len(values))
	for i, value := range values {
		all[i] = value
	}
	return all
}
