package odata

// tokenKind is the kind of a token.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	// tokenWord is a name or an operator, perhaps with dots, $ or @ in it.
	tokenWord
	// tokenText is a string with its quotes. Each quote inside is doubled.
	tokenText
	// tokenNumeral begins with a digit. It is a number, a date or malformed.
	tokenNumeral
	tokenOpen
	tokenClose
	tokenComma
	tokenSlash
	tokenMinus
	tokenPlus
	tokenStar
	// tokenStray is a character that no option allows.
	tokenStray
)

// punctuation has the tokens of a single character.
var punctuation = map[rune]tokenKind{
	'(': tokenOpen,
	')': tokenClose,
	',': tokenComma,
	'/': tokenSlash,
	'-': tokenMinus,
	'+': tokenPlus,
	'*': tokenStar,
}

// token is the piece of the text from the byte offset start up to, but without, end.
type token struct {
	kind       tokenKind
	start, end int
}
