// Package batch runs JSON batches, which are many requests in the body of one, over
// any http.Handler.
//
// It leaves two things alone. The server decides who may send a batch and how large
// its body may be. The handler decides what each request in it means, as for any
// other request.
//
// The outer request is the one that brings the batch. An item is a request in it.
// The flow, with what can go wrong in each step:
//
//	parse      decodes the body into items                              Malformed
//	resolve    finds dependencies and atomicity groups                  Malformed
//	Run        starts each group when its dependencies are done; groups
//	           run in parallel, a limited number at a time              424 503
//	Atomically runs the items of an atomicity group, all or none        424 503
//	address    resolves the item's url, and $id in it                   400
//	request    builds the request; some headers are the outer request's 400
//	Next       serves it into a recorder                                500
//	encode     writes the recorded responses as the batch's response
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
//   - An item has no caller of its own: its Authorization is the outer request's.
package batch
