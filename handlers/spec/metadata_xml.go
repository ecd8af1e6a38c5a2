package spec

import (
	"encoding/xml"
	"strconv"
)

// xml returns the model as CSDL XML 4.0. As in Graph's and in OASIS's own sample service, the vocabularies' terms have
// their full names and no edmx:Reference: Olingo gets each reference when it reads the model, and sends the caller's
// token there.
func (m *metadata) xml() ([]byte, error) {
	schema := element("Schema", "Namespace", m.Namespace, "xmlns", "http://docs.oasis-open.org/odata/ns/edm")
	for _, one := range m.Enums {
		schema.add(one.xml())
	}
	for _, one := range m.Complexes {
		schema.add(one.xml("ComplexType"))
	}
	for _, one := range m.Entities {
		schema.add(one.xml("EntityType"))
	}
	for _, one := range m.Functions {
		schema.add(one.xml())
	}
	schema.add(m.Container.xml())
	root := element("edmx:Edmx", "Version", "4.0", "xmlns:edmx", "http://docs.oasis-open.org/odata/ns/edmx")
	root.add(element("edmx:DataServices").add(schema))
	text, err := xml.MarshalIndent(root, "", "  ")
	return append([]byte(xml.Header), text...), err
}

func (e enumType) xml() *xmlElement {
	enum := element("EnumType", "Name", e.Name)
	for _, member := range e.Members {
		enum.add(element("Member", "Name", member.Name, "Value", strconv.Itoa(member.Value)))
	}
	return enum.annotate(e.Annotations)
}

func (t structuredType) xml(kind string) *xmlElement {
	of := element(kind, "Name", t.Name, "BaseType", t.BaseType, "Abstract", ifTrue(t.Abstract))
	if t.Key != "" {
		of.add(element("Key").add(element("PropertyRef", "Name", t.Key)))
	}
	for _, one := range t.Properties {
		of.add(one.xml("Property"))
	}
	for _, one := range t.Navigation {
		of.add(one.xml("NavigationProperty"))
	}
	return of.annotate(t.Annotations)
}

func (p property) xml(kind string) *xmlElement {
	nullable, precision := "", "" // true is the default
	if !p.Nullable {
		nullable = "false"
	}
	if p.Precision > 0 {
		precision = strconv.Itoa(p.Precision)
	}
	return element(kind, "Name", p.Name, "Type", p.Type, "Nullable", nullable, "Precision", precision, "ContainsTarget", ifTrue(p.ContainsTarget)).
		annotate(p.Annotations)
}

func (f function) xml() *xmlElement {
	return element("Function", "Name", f.Name, "IsBound", "true", "EntitySetPath", bindingParameter).
		add(element("Parameter", "Name", bindingParameter, "Type", f.Collection, "Nullable", "false"),
			element("ReturnType", "Type", f.Collection, "Nullable", "false")).
		annotate(f.Annotations)
}

func (c container) xml() *xmlElement {
	of := element("EntityContainer", "Name", c.Name)
	for _, one := range c.EntitySets {
		of.add(element("EntitySet", "Name", one.Name, "EntityType", one.Type).annotate(one.Annotations))
	}
	for _, one := range c.Singletons {
		of.add(element("Singleton", "Name", one.Name, "Type", one.Type).annotate(one.Annotations))
	}
	return of.annotate(c.Annotations)
}

// annotate adds the annotations to e, and returns e.
func (e *xmlElement) annotate(annotations []annotation) *xmlElement {
	for _, one := range annotations {
		e.add(valueElement("Annotation", "Term", one.fullTerm(), one.Value))
	}
	return e
}

// valueElement returns an element with an attribute and a value. A value that is a text is an attribute
// as well (CSDL XML 14.3).
func valueElement(name, attribute, text string, value any) *xmlElement {
	if kind, written := simpleValue(value); kind != "" {
		e := element(name, attribute, text)
		e.start.Attr = append(e.start.Attr, xml.Attr{Name: xml.Name{Local: kind}, Value: written})
		return e
	}
	return element(name, attribute, text).add(structuredValue(value))
}

// simpleValue returns the name and the text of a value that is a text, "" for another one.
func simpleValue(value any) (kind, text string) {
	switch value := value.(type) {
	case bool:
		return "Bool", strconv.FormatBool(value)
	case string:
		return "String", value
	case enumValue:
		return "EnumMember", string(value)
	case pathValue:
		return "NavigationPropertyPath", string(value)
	case propertyPath:
		return "PropertyPath", string(value)
	}
	return "", ""
}

func structuredValue(value any) *xmlElement {
	if properties, isRecord := value.(record); isRecord {
		of := element("Record")
		for _, one := range properties {
			of.add(valueElement("PropertyValue", "Property", one.Name, one.Value))
		}
		return of
	}
	of := element("Collection")
	for _, one := range value.(collection) {
		if kind, text := simpleValue(one); kind != "" {
			item := element(kind)
			item.text = text
			of.add(item)
			continue
		}
		of.add(structuredValue(one))
	}
	return of
}

// ifTrue returns "true", or "" for false: false is the default of the attributes that CSDL has.
func ifTrue(value bool) string {
	if value {
		return "true"
	}
	return ""
}

// xmlElement is an element with its attributes, and the elements or the text in it.
type xmlElement struct {
	start xml.StartElement
	in    []*xmlElement
	text  string
}

// element returns an element with attributes, each a name and a value. An attribute without a value is
// left out.
func element(name string, attributes ...string) *xmlElement {
	e := &xmlElement{start: xml.StartElement{Name: xml.Name{Local: name}}}
	for i := 0; i < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			e.start.Attr = append(e.start.Attr, xml.Attr{Name: xml.Name{Local: attributes[i]}, Value: attributes[i+1]})
		}
	}
	return e
}

// add puts elements at the end of e, and returns e.
func (e *xmlElement) add(in ...*xmlElement) *xmlElement {
	e.in = append(e.in, in...)
	return e
}

// MarshalXML writes the element with all that is in it.
func (e *xmlElement) MarshalXML(encoder *xml.Encoder, _ xml.StartElement) error {
	if err := encoder.EncodeToken(e.start); err != nil {
		return err
	}
	if e.text != "" {
		if err := encoder.EncodeToken(xml.CharData(e.text)); err != nil {
			return err
		}
	}
	for _, one := range e.in {
		if err := encoder.Encode(one); err != nil {
			return err
		}
	}
	return encoder.EncodeToken(e.start.End())
}
