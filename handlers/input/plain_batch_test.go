package input_test

import (
	"net/http"
	"strings"
	"testing"
)

// plainBatches are batches as clients send them, and those at the limits of the contract.
var plainBatches = []string{
	`{"requests":[{"id":"1","method":"GET","url":"/me/analytics/activityStatistics/s0"},{"id":"2","method":"GET","url":"/me"}]}`,
	`{"requests":[{"id":"0","method":"PATCH","url":"/me/x","headers":{"Content-Type":"application/json"},"body":` + documentedPatch + `}]}`,
	` { "requests" : [ { "id" : "a" , "method" : "GET" , "url" : "$b" , "dependsOn" : [ "b" , "g" ] , "headers" : null , "body" : null } ] } `,
	`{"requests":[{"id":"a","method":"POST","url":"x","atomicityGroup":"g","dependsOn":null,"headers":{},"body":{}}]}`,
	`{"requests":[{"id":"a","method":"POST","url":"x","atomicityGroup":null,"dependsOn":[],"body":{"a@odata.type":true,"a":false,"a":null}}]}`,
	`{"requests":[{"id":"` + strings.Repeat("ä", 128) + `","method":"` + strings.Repeat("x", 16) + `","url":"x","headers":{"a":"1","A":"2","a":"3","@b":"4"}}]}`,
	`{"requests":[` + strings.Repeat(`{"id":"a","method":"b","url":"c"},`, 19) + `{"url":"c","id":"a","method":"b"}]}`,
}

// notPlainBatches are batches that package plain must leave to kin-openapi, valid or not.
var notPlainBatches = []string{
	`{"requests":null}`, `{"requests":[]}`, `{"requests":{}}`, `{"requests":[null]}`, `{"requests":[{}]}`, `{"requests":[{"id":"a","method":"b"}]}`,
	`{"requests":[{"id":"","method":"b","url":"c"}]}`, `{"requests":[{"id":"a","method":null,"url":"c"}]}`, `{"requests":[{"id":"a","method":"b","url":7}]}`,
	`{"requests":[{"id":"a","id":"a","method":"b","url":"c"}]}`, `{"requests":[{"id":"a","method":"b","url":"c"}],"requests":[{"id":"a","method":"b","url":"c"}]}`,
	`{"requests":[{"id":"a","method":"b","url":"c"},]}`, `{"requests":[{"id":"a","method":"b","url":"c"} {}]}`, `{"requests":[{"id":"a","method":"b","url":"c"}]`,
	`{"requests":[{"id":"a","method":"b","url":"c"}]}]`, `{"requests":[{"id":"a","method":"b","url":"c",}]}`, `{"requests":[,{"id":"a","method":"b","url":"c"}]}`,
	`{"requests":[{"id":"` + strings.Repeat("ä", 129) + `","method":"b","url":"c"}]}`, `{"requests":[{"id":"a","method":"` + strings.Repeat("x", 17) + `","url":"c"}]}`,
	`{"requests":[` + strings.Repeat(`{"id":"a","method":"b","url":"c"},`, 20) + `{"id":"a","method":"b","url":"c"}]}`,
	`{"requests":[{"id":"a","method":"b","url":"c","if":"x"}]}`, `{"requests":[{"id":"a","method":"b","url":"c","depends_on":[]}]}`, `{"requests":[{"id":"a","method":"b","url":"c","@x":1}]}`,
	`{"requests":[{"id":"a","method":"b","url":"c","body":"e30="}]}`, `{"requests":[{"id":"a","method":"b","url":"c","body":[]}]}`, `{"requests":[{"id":"a","method":"b","url":"c","body":true}]}`,
	`{"requests":[{"id":"a","method":"b","url":"c","body":{"a":1e999}}]}`, `{"requests":[{"id":"a","method":"b","url":"c","body":{"a":{}}}]}`, `{"requests":[{"id":"a","method":"b","url":"c\u0026d"}]}`,
	`{"requests":[{"id":"a","method":"b","url":"c","headers":{"a":null}}]}`, `{"requests":[{"id":"a","method":"b","url":"c","headers":[]}]}`, `{"requests":[{"id":"a","method":"b","url":"c","headers":{"a":["b"]}}]}`,
	`{"requests":[{"id":"a","method":"b","url":"c","dependsOn":"b"}]}`, `{"requests":[{"id":"a","method":"b","url":"c","dependsOn":[null]}]}`, `{"requests":[{"id":"a","method":"b","url":"c","dependsOn":["b"` + strings.Repeat(`,"b"`, 20) + `]}]}`,
	`{"requests":[{"id":"a","method":"b","url":"c","atomicityGroup":""}]}`, `{"requests":[{"id":"a","method":"b","url":"c` + "\xff" + `"}]}`, `{"requests":[{"id":"a","method":"b","url":"c"}],"@odata.context":"x"}`,
	`[{"id":"a","method":"b","url":"c"}]`, `{"requests":[[{"id":"a","method":"b","url":"c"}]]}`, `{"requests":[{"id":"a","method":"b","url":"c"}],"Requests":[]}`,
}

func TestPlainBatches(t *testing.T) {
	op := operation(t, http.MethodPost, "/beta/$batch")
	for _, text := range plainBatches {
		if _, isPlain := op.PlainBody.Read([]byte(text)); !isPlain {
			t.Errorf("%s is not plain", text)
		}
	}
	long := `{"requests":[{"id":"a","method":"b","url":"c"}` + strings.Repeat(" ", 32<<10) + "]}"
	for _, text := range append(notPlainBatches, long) {
		if _, isPlain := op.PlainBody.Read([]byte(text)); isPlain {
			t.Errorf("%q is plain", text)
		}
	}
}
