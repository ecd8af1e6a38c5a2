// Package history owns random requests that many clients send at once about the statistics of a
// few owners, and the search for an order in which the same requests, one at a time, have the
// same responses (linearizability). It leaves alone what happens to servers and databases
// meanwhile, which each test does for itself.
//
//	fleet := program.ServeFleet(t, 2, "--store", address)
//	run := history.Start(t, fleet, 100_000)
//	... kills, while run.Asked() grows ...
//	history.Check(t, run.Wait())
//
// A request is drawn (draw.go), sent (send.go, batch.go) and recorded (run.go). All are held
// against a model of the server (model.go, judge.go).
package history
