package server

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// sortKey is a value in the form it is compared in: numbers exactly, everything else as text (times
// in UTC with nanoseconds, strings by their key without regard to any locale).
type sortKey struct {
	text   string
	number *big.Rat
}

// sortValue returns what a resource is sorted by (RFC 7644 §3.4.2.3): of several values that of the
// primary element, else of the first.
func sortValue(obj scim.Object, ref schema.Ref) (sortKey, bool) {
	if ref.Attr == nil {
		return sortKey{}, false
	}
	if ref.URN != "" {
		obj, _ = obj[ref.URN].(scim.Object)
	}
	v := obj[ref.Attr.Name]
	if list, ok := v.([]any); ok {
		v = primary(list)
	}
	if ref.Sub != nil {
		element, _ := v.(scim.Object)
		v = element[ref.Sub.Name]
		if list, ok := v.([]any); ok {
			v = primary(list)
		}
	}
	return keyOf(ref.Leaf(), v)
}

func primary(list []any) any {
	for _, v := range list {
		if element, ok := v.(scim.Object); ok && element["primary"] == true {
			return v
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func keyOf(a *schema.Attribute, v any) (sortKey, bool) {
	switch v := v.(type) {
	case bool:
		return sortKey{text: strconv.FormatBool(v)}, true
	case scim.Number:
		return numberKey(string(v))
	case string:
		if v == "" {
			return sortKey{}, false
		}
		if a.Type == schema.DateTime {
			if t, err := schema.ParseDateTime(v); err == nil {
				return sortKey{text: t.UTC().Format("2006-01-02T15:04:05.000000000Z")}, true
			}
		}
		return sortKey{text: a.Key(v)}, true
	}
	return sortKey{}, false
}

// numberKey refuses numbers whose exact value would not fit into reasonable memory.
func numberKey(s string) (sortKey, bool) {
	if e := strings.IndexAny(s, "eE"); e >= 0 && len(s)-e > 5 {
		return sortKey{}, false
	}
	n, ok := new(big.Rat).SetString(s)
	return sortKey{text: s, number: n}, ok
}

func (k sortKey) compare(other sortKey) int {
	if k.number != nil && other.number != nil {
		return k.number.Cmp(other.number)
	}
	return compareText(k.text, other.text)
}

// compareText orders UTF-8 by code points.
func compareText(x, y string) int { return cmp.Compare(x, y) }

// compare orders by value, where resources without one are last in ascending and first in descending
// order, and then by type, time of creation and id.
func (k orderKey) compare(other orderKey, descending bool) int {
	c := 0
	switch {
	case k.has && other.has:
		c = k.value.compare(other.value)
	case k.has:
		c = -1
	case other.has:
		c = 1
	}
	if descending {
		c = -c
	}
	return cmp.Or(c, cmp.Compare(k.typ, other.typ), k.created.Compare(other.created), compareText(k.id, other.id))
}

// String returns the text that parseOrderKey reads.
func (k orderKey) String() string {
	return string(scim.AppendJSON(nil, []any{k.has, k.value.number != nil, k.value.text, k.typ, k.created.UnixNano(), k.id}))
}

func parseOrderKey(s string) (orderKey, error) {
	invalid := scim.BadRequest(scim.InvalidCursor, "The cursor does not belong to this query. Start again with an empty cursor.")
	v, err := scim.DecodeValue([]byte(s), scim.Limits{})
	list, ok := v.([]any)
	if err != nil || !ok || len(list) != 6 {
		return orderKey{}, invalid
	}
	var k orderKey
	var number bool
	var oks [6]bool
	var typ, created scim.Number
	k.has, oks[0] = list[0].(bool)
	number, oks[1] = list[1].(bool)
	k.value.text, oks[2] = list[2].(string)
	typ, oks[3] = list[3].(scim.Number)
	created, oks[4] = list[4].(scim.Number)
	k.id, oks[5] = list[5].(string)
	nanos, err1 := strconv.ParseInt(string(created), 10, 64)
	k.typ, err = strconv.Atoi(string(typ))
	if oks != [6]bool{true, true, true, true, true, true} || err != nil || err1 != nil {
		return orderKey{}, invalid
	}
	k.created = time.Unix(0, nanos)
	if number {
		k.value, ok = numberKey(k.value.text)
		if !ok {
			return orderKey{}, invalid
		}
	}
	return k, nil
}
