package odata

// tokenKind is what a token is.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	// tokenWord is a name or an operator, perhaps with dots, $ or @ in it.
	tokenWord
	// tokenText is a string with its quotes, and '' for each quote in it.
	tokenText
	// tokenNumeral begins with a digit: a number, a date, or neither.
	tokenNumeral
	tokenOpen
	tokenClose
	tokenComma
	tokenSlash
	tokenMinus
	tokenPlus
	tokenStar
	// tokenStray is a character that no option has a use for.
	tokenStray
)

var punctuation = map[rune]tokenKind{
	'(': tokenOpen,
	')': tokenClose,
	',': tokenComma,
	'/': tokenSlash,
	'-': tokenMinus,
	'+': tokenPlus,
	'*': tokenStar,
}

// token is a piece of the text, from the byte offset start to before end.
type token struct {
	kind       tokenKind
	start, end int
}
