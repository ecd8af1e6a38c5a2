// Package overload owns the proof that no caller and no flood takes the server from
// others. It measures what honest callers get from the built program, alone and during an
// attack, in one run. overload.md has the results of long runs. It leaves alone what is
// admitted and why, which handlers/limits tests.
//
//	go test ./bench/overload -v -load 30s
package overload
