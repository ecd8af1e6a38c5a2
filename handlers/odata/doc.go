// Package odata reads the text of OData query options over statistics and makes
// the parts of a store.Query of it: all of it well typed, or an Error with the
// column where it is not. It leaves alone what the parts mean (store.Match), how an
// option came out of a URL, and which types, properties and activities there are:
// that is the contract's, and arrives as a Schema.
//
//	$filter  ─┐
//	$orderby ─┼─► lex ──► tokens ──► parser, with the names of the Model ──► store.Expr
//	$select  ─┘                        typing: kinds of operands, coercion     []store.Order
//	                                                                           names
//
// The grammar is that of OData 4.01 (the ABNF construction rules, and section 5 of
// the URL conventions), as far as statistics need it:
//
//	filter     = operand, by precedence: in | not - | mul div | add sub | gt ge lt le | eq ne | and | or
//	operand    = literal | property | function "(" operand ["," operand] ")" | "(" operand ")" | "@odata.type"
//	           | "isof(" ["$it" ","] type ")"
//	literal    = null | true | false | number | date | text | duration text | activity type text
//	property   = ["$it/"] [type "/"] name
//	orderby    = property [asc | desc], with commas between
//	select     = "*" | property, with commas between
//
// Names, operators, functions and prefixes match in any case: OData 4.01 says so of
// operators and functions, Graph's page "Traverse the graph" of everything but ids.
// What comes out is spelt as in the contract. A property that only derived types
// have needs no cast; Graph is as lenient.
//
// Every text is bounded (see maxLength and its neighbours), and the time is linear
// in it.
package odata
