package acceptance

import (
	"maps"
	"net/textproto"
	"slices"

	"github.com/go-json-experiment/json"
)

// request builds what a step sends.
func (p *Player) request(t *Trace, s *Step, scope Scope) (Request, error) {
	path, err := scope.Text(s.Path)
	if err != nil {
		return Request{}, err
	}
	r := Request{Method: s.Method, Target: RequestTarget(p.Base, path)}
	if r.Body, err = traceBody(s, scope); err != nil {
		return Request{}, err
	}
	fields := map[string]string{"Authorization": "Bearer " + p.Token, "Accept": "application/scim+json"}
	if r.Body != nil {
		fields["Content-Type"] = "application/scim+json"
	}
	for _, headers := range []map[string]*string{t.Headers, s.Headers} {
		for name, value := range headers {
			name = textproto.CanonicalMIMEHeaderKey(name)
			if value == nil {
				delete(fields, name)
				continue
			}
			if fields[name], err = scope.Text(*value); err != nil {
				return Request{}, err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		r.Fields = append(r.Fields, Field{name, fields[name]})
	}
	return r, nil
}

func traceBody(s *Step, scope Scope) ([]byte, error) {
	if s.BodyRaw != nil {
		text, err := scope.Text(*s.BodyRaw)
		return []byte(text), err
	}
	var body any
	switch {
	case s.BodyFrom != "":
		saved, err := scope.Value("${" + s.BodyFrom + "}")
		if err != nil {
			return nil, err
		}
		patch, err := scope.Value(s.Merge)
		if err != nil {
			return nil, err
		}
		body = saved
		if s.Merge != nil {
			body = mergePatch(saved, patch)
		}
	case s.Body != nil:
		var written any
		if err := json.Unmarshal(s.Body, &written); err != nil {
			return nil, err
		}
		var err error
		if body, err = scope.Value(written); err != nil {
			return nil, err
		}
	default:
		return nil, nil
	}
	return json.Marshal(body, json.Deterministic(true))
}

// mergePatch applies a JSON merge patch (RFC 7396) without changing the document it starts from.
func mergePatch(document, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, _ := document.(map[string]any)
	merged := maps.Clone(object)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, value := range changes {
		if value == nil {
			delete(merged, key)
			continue
		}
		merged[key] = mergePatch(merged[key], value)
	}
	return merged
}
