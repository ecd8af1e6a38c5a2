// Package batch runs batches, which are many requests in the body of one, over any
// http.Handler. A batch is in JSON or in multipart/mixed, and so is its response.
//
// It leaves two things alone. The server decides who may send a batch and how large
// its body may be. The handler decides what each request in it means, as for any
// other request.
//
// The outer request is the one that brings the batch. An item is a request in it.
// The flow, with what can go wrong in each step:
//
//	parseJSON, parseMultipart
//	           decode the body into items                               Malformed
//	resolve    finds dependencies and atomicity groups                  Malformed
//	Run        starts each group when its dependencies are done; groups
//	           of a JSON batch run in parallel, a limited number at a
//	           time, those of a multipart batch in their order          424 503
//	Atomically runs the items of an atomicity group, all or none        424 503
//	address    resolves the item's url, and $id in it                   400
//	request    builds the request; some headers are the outer request's 400
//	Next       serves it into a recorder                                500
//	encode, encodeMultipart
//	           write the recorded responses as the batch's response
//
// The rules are those of OData JSON 4.01, section 19, and of Graph's page "Combine
// multiple HTTP requests using JSON batching". These rules settle where the two
// differ, or where official SDKs need something else:
//
//   - Ids that differ only in case are the same (Graph; in OData they differ). A
//     response has the id as the request spells it.
//   - A request may come before one that it depends on, although OData forbids that
//     to clients: the Java SDK writes requests in the order of a hash table. A
//     request that depends on itself, directly or through others, is malformed.
//   - A dependency succeeds only with 2xx (OData); 304 is not success.
//   - All requests are processed, whatever fails. The preference continue-on-error
//     makes no difference: without it a server may stop, but need not.
//   - The requests of an atomicity group, which Graph ignores, run in their order, all
//     or none (OData). If one fails, the others get 424.
//   - A request that depends on one of another atomicity group depends on all of that
//     group.
//   - Every url is under one of the API's base paths, by default that of the batch.
//   - An item has no caller of its own: its Authorization is the outer request's,
//     which it may repeat.
//
// Multipart batches follow OData Protocol 4.01, 11.7.7. A change set is an atomicity group,
// and a Content-ID an id. These rules are their own:
//
//   - The groups run in their order, and the batch stops after the first that has an error
//     (4xx or 5xx). The response then ends with it. With continue-on-error all run. 304 is no error.
//   - A request may refer to any earlier one, by $id in its url, If-Match or If-None-Match, and then
//     depends on it and on its change set. There is no dependsOn.
//   - A text that is not of the format refuses the batch before anything runs: a JSON batch does the same.
//     What is wrong with one request alone, such as its url, is an error of this request.
//   - A GET in a change set, a change set in a change set, and an empty one refuse the batch.
//   - A change set that failed has one response: the one of the request that failed, with its Content-ID.
//   - A part need not have Content-Transfer-Encoding, a Content-ID or the version HTTP/1.1, although OData
//     asks for the last two: clients leave them out. The Content-ID may be a header of the request.
//   - A Host that is not the server's is refused as an absolute url with it is. Content-Length must be right,
//     but for line ends after the body.
//   - A response in the other format is flat: one part for each response to a JSON batch, and
//     one JSON response for each part. It needs ids that both formats can have.
package batch
