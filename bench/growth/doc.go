// Package growth measures what requests cost as the collection and the number of connections grow. It fills stores of
// the built program with more and more statistics, puts the same load on each, and writes growth.md. It leaves alone
// how fast the program is beside others, and what one part of it costs.
//
//	go test ./bench/growth -v -timeout 4h -largest 10000000 -phase 10s -rounds 5 -page growth.md
package growth
