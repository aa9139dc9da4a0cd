package patch

import (
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// index makes byIdentity. Of values that are alike, which stored data should not have, it finds the
// first.
func (l *list) index() {
	if l.byIdentity != nil {
		return
	}
	l.byIdentity = make(map[string]int, len(l.values)+1)
	for i, v := range l.values {
		if v == nil {
			continue
		}
		id := l.attr.Identity(v)
		if _, twice := l.byIdentity[id]; !twice {
			l.byIdentity[id] = i
		}
	}
}

// valueKey returns the comparison key of a simple value, or of the sub-attribute value of a complex
// one; ok is false without a value that is a string.
func (l *list) valueKey(v any) (key string, ok bool) {
	attr := l.attr
	if obj, isObject := v.(scim.Object); isObject {
		if attr = attr.Sub("value"); attr == nil {
			return "", false
		}
		v = obj[attr.Name]
	}
	s, ok := v.(string)
	if !ok {
		return "", false
	}
	return attr.Key(s), true
}

// withValue returns the positions of values whose "value" may equal v.
func (l *list) withValue(v string) []int {
	if l.byValue == nil {
		l.byValue = make(map[string][]int, len(l.values))
		for i, e := range l.values {
			if e != nil {
				l.note(i, e)
			}
		}
	}
	attr := l.attr
	if attr.Type == schema.Complex {
		attr = attr.Sub("value")
	}
	return l.byValue[attr.Key(v)]
}

// note enters a value into byValue, if there is one.
func (l *list) note(i int, v any) {
	if l.byValue == nil {
		return
	}
	if key, ok := l.valueKey(v); ok {
		l.byValue[key] = append(l.byValue[key], i)
	}
}

// own makes the slice of values the list's own.
func (l *list) own() {
	if l.shared {
		l.values, l.shared = slices.Clone(l.values), false
	}
	l.written = true
}

func (l *list) append(v any, id string) int {
	l.own()
	i := len(l.values)
	l.values = append(l.values, v)
	l.live++
	l.byIdentity[id] = i
	l.note(i, v)
	return i
}

// set replaces the value at i; nil removes it.
func (l *list) set(i int, v any) {
	if same(l.values[i], v) {
		return
	}
	l.own()
	if l.byIdentity != nil {
		if id := l.attr.Identity(l.values[i]); l.byIdentity[id] == i {
			delete(l.byIdentity, id)
		}
		if v != nil {
			l.byIdentity[l.attr.Identity(v)] = i
		}
	}
	old := l.values[i]
	l.values[i] = v
	if v == nil {
		l.live--
		return
	}
	l.rewritten = true
	before, _ := l.valueKey(old)
	if after, _ := l.valueKey(v); after != before {
		l.note(i, v)
	}
}

// removeListed removes each value that an element of listed names.
func (l *list) removeListed(listed []any) {
	patterns := make(map[string]*pattern)
	for _, v := range listed {
		obj, ok := v.(scim.Object)
		by := []*schema.Attribute(nil)
		if ok {
			by = namedBy(l.attr, obj)
		}
		name := patternName(by)
		if patterns[name] == nil {
			patterns[name] = &pattern{by: by, keys: make(map[string]bool)}
		}
		patterns[name].keys[patterns[name].key(l.attr, v)] = true
	}
	for i, v := range l.values {
		if v == nil {
			continue
		}
		for _, p := range patterns {
			if p.keys[p.key(l.attr, v)] {
				l.set(i, nil)
				break
			}
		}
	}
}

// pattern is a set of values named by the same sub-attributes, so that a list of values to remove is
// looked up, not searched. Without sub-attributes, the values are simple.
type pattern struct {
	by   []*schema.Attribute
	keys map[string]bool
}

func patternName(by []*schema.Attribute) string {
	name := ""
	for _, sub := range by {
		name += sub.Name + "\x00"
	}
	return name
}

func (p *pattern) key(a *schema.Attribute, v any) string {
	obj, ok := v.(scim.Object)
	if !ok {
		return a.Identity(v)
	}
	key := ""
	for _, sub := range p.by {
		e := obj[sub.Name]
		if list, isList := e.([]any); isList {
			ids := make([]string, len(list))
			for i, e := range list {
				ids[i] = sub.Identity(e)
			}
			slices.Sort(ids)
			key += strings.Join(ids, "\x01")
		} else if e != nil {
			key += sub.Identity(e)
		}
		key += "\x00"
	}
	return key
}

// compact returns the values without the gaps of removed ones, each identity once; nil if none is left.
func (l *list) compact() []any {
	values := compact(l.values)
	if !l.rewritten {
		return values
	}
	seen := make(map[string]int, len(values))
	out := values[:0:0]
	for _, v := range values {
		id := l.attr.Identity(v)
		if first, twice := seen[id]; twice {
			if isPrimary(v) {
				out[first] = v
			}
			continue
		}
		seen[id] = len(out)
		out = append(out, v)
	}
	return out
}

func compact(values []any) []any {
	out := make([]any, 0, len(values))
	for _, v := range values {
		if v != nil {
			out = append(out, v)
		}
	}
	return out
}
