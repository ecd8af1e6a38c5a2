package handlers_test

import (
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"afterhours/contract/checked"
	"afterhours/store/memory"
)

// TestServiceDocument checks that the service document names the resources at the root of the contract,
// and that the container of $metadata has the same ones (OData 11.1.1; CSDL 13).
func TestServiceDocument(t *testing.T) {
	ts := newTestServer(t, memory.New())
	var document struct {
		Value []struct{ Name, Kind, URL string }
	}
	if err := json.Unmarshal([]byte(ts.do(call{method: "GET", path: "/beta/"}).want(t, 200).text), &document); err != nil {
		t.Fatal(err)
	}
	var inDocument, inContract, inModel []string
	for _, entry := range document.Value {
		inDocument = append(inDocument, entry.Kind+" "+entry.Name)
		if entry.URL != entry.Name {
			t.Errorf("%+v", entry)
		}
	}
	for _, op := range checked.Operations(t) {
		segments := strings.Split(op.Template, "/")
		switch {
		case segments[1] == "" || strings.HasPrefix(segments[1], "$"):
		case len(segments) > 2 && strings.HasPrefix(segments[2], "{"):
			inContract = append(inContract, "EntitySet "+segments[1])
		case segments[1] != "users": // the set itself has no key
			inContract = append(inContract, "Singleton "+segments[1])
		}
	}
	var model struct {
		Container struct {
			Entries []struct {
				XMLName xml.Name
				Name    string `xml:",attr"`
			} `xml:",any"`
		} `xml:"DataServices>Schema>EntityContainer"`
	}
	if err := xml.Unmarshal([]byte(ts.do(call{method: "GET", path: "/beta/$metadata"}).want(t, 200).text), &model); err != nil {
		t.Fatal(err)
	}
	for _, entry := range model.Container.Entries {
		if entry.XMLName.Local == "EntitySet" || entry.XMLName.Local == "Singleton" {
			inModel = append(inModel, entry.XMLName.Local+" "+entry.Name)
		}
	}
	for _, names := range []*[]string{&inDocument, &inContract, &inModel} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
	}
	if !slices.Equal(inDocument, inContract) || !slices.Equal(inDocument, inModel) || len(inDocument) == 0 {
		t.Errorf("the document has %v, the contract %v, $metadata %v", inDocument, inContract, inModel)
	}
}
