// Package odata parses the text of OData query options over statistics into the parts
// of a store.Query. The result is well typed. An Error has the column of the fault.
//
// Three things belong to others: the meaning of the parts (store.Match), the decoding
// of the URL, and the types, properties and activities. The last come from the
// contract, as a Schema.
//
//	$filter  ─┐
//	$orderby ─┼─► lex ──► tokens ──► parser, with the names of the Model ──► store.Expr
//	$select  ─┘                        typing: kinds of operands, coercion     []store.Order
//	                                                                           names
//
// The grammar is the part of OData 4.01 that statistics need (the ABNF construction
// rules, and section 5 of the URL conventions):
//
//	filter     = operand, by precedence: in | not - | mul div divby mod | add sub | gt ge lt le | eq ne | and | or
//	operand    = literal | property | function "(" [operand {"," operand}] ")" | "(" operand ")" | "@odata.type"
//	           | "isof(" ["$it" ","] type ")"
//	literal    = null | true | false | number | date | time | time of day | text | duration text | activity type text
//	property   = ["$it/"] [type "/"] name
//	orderby    = operand [asc | desc], separated by commas
//	select     = "*" | property, separated by commas
//
// Names, operators, functions and prefixes match in any case. OData 4.01 requires this
// for operators and functions. Graph's page "Traverse the graph" requires it for all
// names but ids. The result has the spelling of the contract. A property of a derived
// type needs no cast, as in Graph.
//
// What else the standard's grammar has is an Error with NotImplemented. docs/odata-constructs.md lists all
// constructs.
//
// The length of every text is bounded (maxLength, maxDepth, maxNodes, maxList), and so
// is the text that a filter makes for a statistic (maxMade). The time to parse is linear
// in the length.
package odata
