package acceptance

import (
	"fmt"
	"strconv"
	"strings"
)

// Path names a place in a JSON document: keys and indexes joined by dots, literal keys in brackets and
// quotes (`["urn:…:User"].manager`), the first element that has a value (`emails[type=work]`), or all
// elements (`members.*.value`).
type Path []segment

type segment struct {
	key    string // a key, an index, or "*"
	exact  bool   // key was quoted: never an index or a star
	filter bool   // key=value picks an element of an array
	value  string
}

// ParsePath reads a path; the empty path is the whole document.
func ParsePath(text string) (Path, error) {
	var p Path
	for rest := text; rest != ""; {
		switch {
		case strings.HasPrefix(rest, `["`):
			end := strings.Index(rest, `"]`)
			if end < 0 {
				return nil, fmt.Errorf("path %q: a quoted key is not closed", text)
			}
			p = append(p, segment{key: rest[2:end], exact: true})
			rest = rest[end+2:]
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			name, value, ok := strings.Cut(rest[1:max(end, 1)], "=")
			if end < 0 || !ok {
				return nil, fmt.Errorf("path %q: want [key=value]", text)
			}
			p = append(p, segment{key: name, filter: true, value: strings.Trim(value, `"`)})
			rest = rest[end+1:]
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			if end == 0 {
				return nil, fmt.Errorf("path %q: an empty key", text)
			}
			p = append(p, segment{key: rest[:end]})
			rest = rest[end:]
		}
		rest = strings.TrimPrefix(rest, ".")
	}
	return p, nil
}

// Find looks the path up. A star over something absent is an empty list, and elements without the rest
// of the path are left out of it.
func (p Path) Find(doc any) (value any, present bool) {
	for i, s := range p {
		if s.key == "*" && !s.exact && !s.filter {
			list, _ := doc.([]any)
			found := []any{}
			for _, element := range list {
				if v, ok := p[i+1:].Find(element); ok {
					found = append(found, v)
				}
			}
			return found, true
		}
		next, ok := s.step(doc)
		if !ok {
			if p[i+1:].hasStar() {
				return []any{}, true
			}
			return nil, false
		}
		doc = next
	}
	return doc, true
}

func (p Path) hasStar() bool {
	for _, s := range p {
		if s.key == "*" && !s.exact && !s.filter {
			return true
		}
	}
	return false
}

func (s segment) step(doc any) (any, bool) {
	switch node := doc.(type) {
	case map[string]any:
		if s.filter {
			return nil, false
		}
		v, ok := node[s.key]
		return v, ok
	case []any:
		if s.filter {
			for _, element := range node {
				if object, ok := element.(map[string]any); ok {
					if v, ok := object[s.key]; ok && strings.EqualFold(fmt.Sprint(v), s.value) {
						return element, true
					}
				}
			}
			return nil, false
		}
		if i, err := strconv.Atoi(s.key); err == nil && !s.exact && i >= 0 && i < len(node) {
			return node[i], true
		}
	}
	return nil, false
}
