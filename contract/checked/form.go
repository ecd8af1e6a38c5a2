package checked

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// graphForm returns the JSON of a response in the form that the schemas of the contract have. Another form is one that
// info.description gives to the headers of OData: 4.01, no control information, or counts as text. The error says what
// in the body is not of the form that its headers announce.
func graphForm(header http.Header, body []byte) ([]byte, error) {
	media, parameters, _ := mime.ParseMediaType(header.Get("Content-Type"))
	form := bodyForm{
		is401:   header.Get("OData-Version") == "4.01",
		isNone:  parameters["odata.metadata"] == "none" || parameters["metadata"] == "none",
		ieee754: parameters["ieee754compatible"] == "true",
	}
	if media != "application/json" || form == (bodyForm{}) || len(body) == 0 {
		return body, nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, err
	}
	if object, isObject := value.(map[string]any); isObject && object["responses"] != nil {
		return body, nil // a batch: checkBatch has the form of each response
	}
	if err := form.undo(value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// bodyForm is a form other than Graph's.
type bodyForm struct{ is401, isNone, ieee754 bool }

// undo changes the value to Graph's form.
func (f bodyForm) undo(value any) error {
	switch value := value.(type) {
	case map[string]any:
		return f.undoObject(value)
	case []any:
		for _, inner := range value {
			if err := f.undo(inner); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f bodyForm) undoObject(object map[string]any) error {
	for _, name := range slices.Collect(maps.Keys(object)) { // the loop changes the object
		inner := object[name]
		if err := f.undo(inner); err != nil {
			return err
		}
		before, control, isControl := strings.Cut(name, "@")
		if !isControl || control == "removed" || strings.Contains(strings.TrimPrefix(control, "odata."), ".") {
			continue // @removed is Graph's name, too; one with a dot is an annotation of a vocabulary
		}
		short, isPrefixed := strings.CutPrefix(control, "odata.")
		if isPrefixed == f.is401 {
			return fmt.Errorf("%s is not a name of its version of OData", name)
		}
		if f.isNone && (short == "context" || short == "type" || short == "etag") {
			return fmt.Errorf("%s with metadata=none", name)
		}
		if short == "count" {
			text, isText := inner.(string)
			if isText != f.ieee754 {
				return fmt.Errorf("%s is %v", name, inner)
			}
			if isText {
				inner = json.Number(text)
			}
		}
		delete(object, name)
		object[before+"@odata."+short] = inner
	}
	if f.isNone && isStatistic(object) { // what the schemas require
		object["@odata.type"], object["@odata.etag"] = likelyType(object), `W/"none"`
	}
	return nil
}

// isStatistic reports whether an object is a statistic. It has an id, and no other object with an id but analytics has
// settings.
func isStatistic(object map[string]any) bool {
	return object["id"] != nil && object["settings"] == nil
}

// likelyType returns a type of statistics that has all the properties of the object.
func likelyType(object map[string]any) string {
	name := "focus"
	for property, of := range map[string]string{"afterHours": "call", "sentEmail": "email", "organized": "meeting"} {
		if _, has := object[property]; has && name != "email" && name != "meeting" {
			name = of
		}
	}
	return "#microsoft.graph." + name + "ActivityStatistics"
}
