package server

import (
	"strconv"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// search answers POST to .search (RFC 7644 §3.4.3). Parameters in the URL are ignored: the body is
// the query.
func (x *exchange) search() error {
	x.seen.Action = ActionSearch
	body, err := x.body(x.cfg.Limits.BodyBytes, 0)
	if err != nil {
		return err
	}
	if x.params, err = parseSearch(body); err != nil {
		return err
	}
	q, projections, err := x.query()
	if err != nil {
		return err
	}
	return x.answerQuery(q, projections)
}

// parseSearch reads a SearchRequest. Members that are null are as if absent, unknown ones ignored.
func parseSearch(body scim.Object) (p parameters, err error) {
	if err := checkMessage(body, scim.SearchRequestMessage); err != nil {
		return p, err
	}
	if p.attributes, err = searchNames(body, "attributes"); err != nil {
		return p, err
	}
	if p.excluded, err = searchNames(body, "excludedAttributes"); err != nil {
		return p, err
	}
	for name, to := range map[string]*parameter{"filter": &p.filter, "sortBy": &p.sortBy, "sortOrder": &p.sortOrder, "cursor": &p.cursor} {
		switch v := member(body, name).(type) {
		case nil:
		case string:
			*to = parameter{value: v, sent: true}
		default:
			return p, badSearch(name, "a string")
		}
	}
	for name, to := range map[string]*parameter{"startIndex": &p.startIndex, "count": &p.count} {
		switch v := member(body, name).(type) {
		case nil:
		case scim.Number:
			if !isInteger(string(v)) {
				return p, badSearch(name, "an integer")
			}
			*to = parameter{value: string(v), sent: true}
		default:
			return p, badSearch(name, "an integer")
		}
	}
	return p, nil
}

func searchNames(body scim.Object, name string) ([]string, error) {
	switch v := member(body, name).(type) {
	case nil:
		return nil, nil
	case string:
		return splitNames(v), nil
	case []any:
		var names []string
		for i, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, badSearch(name+"["+strconv.Itoa(i)+"]", "a string")
			}
			if s = strings.TrimSpace(s); s != "" {
				names = append(names, s)
			}
		}
		return names, nil
	}
	return nil, badSearch(name, "an array of strings")
}

func badSearch(name, want string) error {
	return scim.BadRequest(scim.InvalidSyntax, "%s must be %s in a SearchRequest. Correct or leave it out.", name, want)
}
