package odata

// path is a property as the text names it.
type path struct {
	property
	on  *entityType // the type it is cast to, the base without a cast
	end int         // the offset behind it
}

// path parses [$it/][type/]property, of which the first word was just taken.
func (p *parser) path(t token) (path, error) {
	on := p.model.base
	if p.word(t) == "$it" {
		if err := p.want(tokenSlash, "/ and a property"); err != nil {
			return path{}, err
		}
		t = p.take()
	}
	if p.accept(tokenSlash) {
		if on = p.model.types[p.word(t)]; on == nil {
			return path{}, p.fault(t.start, "expected a type such as %s before the /, found %s", p.model.example, shown(p.text[t.start:t.end]))
		}
		t = p.take()
	}
	found, known := on.properties[p.word(t)]
	switch {
	case t.kind != tokenWord:
		return path{}, p.fault(t.start, "expected a property, found %s", shown(p.text[t.start:t.end]))
	case p.model.types[p.word(t)] != nil:
		return path{}, p.expected("/ and a property of " + p.model.types[p.word(t)].name)
	case !known:
		return path{}, p.fault(t.start, "Could not find a property named '%s' on type '%s'.", short(p.text[t.start:t.end]), on.name)
	}
	return path{found, on, t.end}, nil
}
