package odata

import "strings"

// path is a property in the text, with or without a cast.
type path struct {
	property
	on  *entityType // the type of the cast; the base type without a cast
	end int         // the offset after the path
}

// path parses [$it/][type/]property. t is its first word, already taken.
func (p *parser) path(t token) (path, error) {
	on := p.model.base
	if p.word(t) == "$it" {
		if err := p.want(tokenSlash, "/ and a property"); err != nil {
			return path{}, err
		}
		t = p.take()
	}
	if p.next().kind == tokenSlash {
		if err := p.noCollection(t); err != nil {
			return path{}, err
		}
		p.take()
		if on = p.model.types[p.word(t)]; on == nil {
			return path{}, p.fault(t.start, "expected a type such as %s before the /, found %s%s",
				p.model.example, shown(p.text[t.start:t.end]), nearest(p.word(t), p.model.typeNames()))
		}
		t = p.take()
	}
	found, ok := on.properties[p.word(t)]
	switch {
	case t.kind != tokenWord:
		return path{}, p.fault(t.start, "expected a property, found %s", shown(p.text[t.start:t.end]))
	case p.model.types[p.word(t)] != nil:
		return path{}, p.expected("/ and a property of " + p.model.types[p.word(t)].name)
	case !ok:
		return path{}, p.fault(t.start, "Could not find a property named '%s' on type '%s'%s%s.",
			short(p.text[t.start:t.end]), on.name, nearest(p.word(t), on.names()), p.quotesHint(t))
	}
	return path{found, on, t.end}, nil
}

// noCollection returns the error of a property that something of a collection, or an annotation, follows.
// t is the property, and the slash is next.
func (p *parser) noCollection(t token) error {
	property, ok := p.model.base.properties[p.word(t)]
	following := p.tokens[min(p.at+1, len(p.tokens)-1)]
	switch word := p.word(following); {
	case !ok:
		return nil
	case strings.HasPrefix(word, "@"):
		return p.notImplemented(following.start, "annotations in an expression")
	case word == "any" || word == "all" || word == "$count" || word == "$filter":
		return p.fault(following.start, "expected an operator after %s, which is not a collection and has no %s", property.name, word)
	}
	return nil
}
