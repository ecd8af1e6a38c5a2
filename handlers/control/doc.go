// Package control owns what tests do to a server through the control contract (control.yaml): they
// reset it, take and restore snapshots, store rows, mint tokens, move its clock, let it fail and
// read the journal of its requests. It leaves alone HTTP and authentication (handlers), which requests
// fail (faults), and how a store replaces its content in one step (store).
//
//	handlers.controlAPI -> Service -> Clock, Journal, faults.Rules, auth.LocalIssuer, store.Store
package control
