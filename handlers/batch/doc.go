// Package batch owns JSON batches: many requests in the body of one, over any
// http.Handler. It leaves alone who may send one and how large it may be, which is
// for those to judge who read the outer request, and what its requests mean, each
// of which the handler judges as a request of its own.
//
// The path of a batch:
//
//	parse      the body into items; what is wrong with the whole      Malformed
//	resolve    what depends on what, and what is one group            Malformed
//	Run        each group as soon as those that it depends on are done,
//	           some at a time, the others side by side                424 503
//	Atomically the items of an atomicityGroup, all or none            424 503
//	address    the item's url, with $id for the answer of another     400
//	request    its headers and body, and what it takes from the outer 400
//	Next       answers it into a recorder
//	response   the recorder's content as an object of the answer
//
// The rules are those of OData JSON 4.01, section 19, and of Graph's page "Combine
// multiple HTTP requests using JSON batching". Where these differ, or where
// official SDKs need something else:
//
//   - Ids are told apart without regard to case (Graph; OData regards it), and
//     echoed as they were written.
//   - A dependency may stand behind the request that depends on it, as the Java
//     SDK writes requests in the order of a hash table. OData forbids it to
//     clients. What depends on itself, through however many others, is malformed.
//   - Only 2xx is success for those that depend (OData); 304 is not.
//   - All requests are processed, whatever fails and whatever the preference
//     continue-on-error says, which permits to stop but asks for nothing else.
//   - The requests of an atomicityGroup, which Graph ignores, are done in the order
//     in which they stand, all or none (OData). If one fails, the others answer 424.
//   - Who depends on a request of another atomicityGroup depends on all of that group.
//   - Every url is under one of the API's base paths, by default that of the batch.
//   - An item cannot speak for somebody else: its Authorization is the outer one.
package batch
