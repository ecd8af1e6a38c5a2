package plain_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"afterhours/handlers/plain"
)

// TestCompile checks that a schema with a keyword that package plain does not know is not compiled, nor one that has
// more than plain values. The first schema is the one that the others differ from.
func TestCompile(t *testing.T) {
	for schema, want := range map[string]bool{
		`{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}`:                           true,
		`{"type":"object","properties":{"a":{"type":"string","description":"x","x-form":"x","example":1}}}`: true,
		`{"type":"object","properties":{"a":{"type":"boolean","nullable":true}}}`:                           true,
		`{"type":"object","properties":{"a":{"type":"string","format":"anything"}}}`:                        true,

		`{"properties":{"a":{"type":"string"}}}`: false,
		`{"type":"string"}`:                      false,
		`{"type":"object","minProperties":1,"properties":{"a":{"type":"string"}}}`:                   false,
		`{"type":"object","required":["b"],"properties":{"a":{"type":"string"}}}`:                    false,
		`{"type":"object","allOf":[{"type":"object"}],"properties":{"a":{"type":"string"}}}`:         false,
		`{"type":"object","properties":{"a":{"type":"integer"}}}`:                                    false,
		`{"type":"object","properties":{"a":{"type":"object"}}}`:                                     false,
		`{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}}}`:            false,
		`{"type":"object","properties":{"a":{"type":"boolean","enum":[true]}}}`:                      false,
		`{"type":"object","properties":{"a":{"type":"string","readOnly":true}}}`:                     false,
		`{"type":"object","properties":{"a":{"type":"string","default":"x"}}}`:                       false,
		`{"type":"object","properties":{"a":{"type":"string","not":{"enum":["x"]}}}}`:                false,
		`{"type":"object","properties":{"a":{"type":"string","format":"date-time"}}}`:                false,
		`{"type":"object","properties":{"a":{"type":"string","pattern":"\\u00e4"}}}`:                 false,
		`{"type":"object","properties":{"a":{"type":"string","pattern":"(?=a)"}}}`:                   false,
		`{"type":"object","properties":{"@removed":{"type":"string"}}}`:                              false, // 4.01 has it for @odata.removed
		`{"oneOf":[{"type":"object"}],"discriminator":{"propertyName":"a","mapping":{"x":"#/b"}}}`:   false,
		`{"minProperties":1,"oneOf":[{"type":"object"}],"discriminator":{"propertyName":"a"}}`:       false,
		`{"type":"object","properties":{"a":{"anyOf":[{"type":"string"}]}}}`:                         false,
		`{"type":"object","properties":{"a":{"type":"string","maxLength":5,"contentEncoding":"x"}}}`: false,
	} {
		var parsed openapi3.Schema
		if err := parsed.UnmarshalJSON([]byte(schema)); err != nil {
			t.Fatal(schema, err)
		}
		if got := plain.Compile(&parsed, 100) != nil; got != want {
			t.Errorf("%s: compiled %t", schema, got)
		}
	}
}

// TestRead checks the rules of each keyword, for a schema that has them all.
func TestRead(t *testing.T) {
	var schema openapi3.Schema
	if err := schema.UnmarshalJSON([]byte(`{"type":"object","required":["a"],"properties":{
		"a":{"type":"string","minLength":2,"maxLength":3,"pattern":"^[a-zä]*$"},"b":{"type":"boolean"},"n":{"type":"boolean","nullable":true},
		"e":{"type":"string","enum":["x","y"]},"d":{"type":"string","format":"date"},"t":{"type":"string","format":"edm-duration","pattern":"^PT"}}}`)); err != nil {
		t.Fatal(err)
	}
	compiled := plain.Compile(&schema, 100)
	for text, want := range map[string]bool{
		`{"a":"ab"}`: true, `{"a":"äää"}`: true, `{"a":"a"}`: false, `{"a":"abcd"}`: false, `{"a":"AB"}`: false, `{"a":null}`: false, `{"a":true}`: false,
		`{}`: false, `{"b":true}`: false, `{"a":"ab","b":true}`: true, `{"a":"ab","b":"true"}`: false, `{"a":"ab","b":null}`: false,
		`{"a":"ab","n":null}`: true, `{"a":"ab","n":false}`: true, `{"a":"ab","e":"y"}`: true, `{"a":"ab","e":"z"}`: false,
		`{"a":"ab","d":"2020-02-29"}`: true, `{"a":"ab","d":"2019-02-29"}`: false,
		`{"a":"ab","t":"PT1H"}`: true, `{"a":"ab","t":"P1D"}`: false, `{"a":"ab","t":"PT"}`: false, // the pattern is not the usual one, so both count
	} {
		if _, got := compiled.Read([]byte(text)); got != want {
			t.Errorf("%s: plain %t", text, got)
		}
	}
	if plain.Compile(&schema, 32) != nil {
		t.Error("a body of 33 values may be plain, where 32 are the most")
	}
}
