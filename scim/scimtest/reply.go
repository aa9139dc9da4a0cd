package scimtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// reply is an answer; what a check finds wrong with it goes to its probe.
type reply struct {
	p      *probe
	what   string
	status int
	header http.Header
	body   []byte
	doc    scim.Object
	// shown tells that a problem has told the body already.
	shown bool
}

// send performs a request. headers are names and values in turn; an empty value removes a header.
func (p *probe) send(method, path, body string, headers ...string) *reply {
	r := &reply{p: p, what: method + " " + abbreviate(path, 150), header: http.Header{}}
	// What is cleaned up after a check was cancelled still has to go.
	request, err := http.NewRequestWithContext(context.WithoutCancel(p.ctx), method, p.base+path, strings.NewReader(body))
	if err != nil {
		p.problem("%s: %v", r.what, err)
		return r
	}
	if body == "" {
		request.Body, request.ContentLength = http.NoBody, 0
	} else {
		request.Header.Set("Content-Type", scim.MediaType)
	}
	request.Header.Set("Accept", scim.MediaType)
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		} else {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	response, err := p.http.Do(request)
	if err != nil {
		p.problem("%s: %v", r.what, err)
		return r
	}
	defer response.Body.Close()
	const most = 64 << 20
	if r.body, err = io.ReadAll(io.LimitReader(response.Body, most)); err != nil {
		p.problem("%s: read the answer: %v", r.what, err)
	}
	r.status, r.header = response.StatusCode, response.Header
	if len(r.body) > 0 {
		const many = 1 << 24
		if r.doc, err = scim.DecodeObject(r.body, scim.Limits{Depth: 100, Keys: many, StringBytes: many, Bytes: most}); err != nil {
			r.wrong("the body is no JSON object: %v", err)
		}
	}
	return r
}

func (p *probe) get(path string, headers ...string) *reply {
	return p.send("GET", path, "", headers...)
}
func (p *probe) delete(path string, headers ...string) *reply {
	return p.send("DELETE", path, "", headers...)
}

func (p *probe) put(path, body string, headers ...string) *reply {
	return p.send("PUT", path, body, headers...)
}

// patch sends operations, which are joined by commas.
func (p *probe) patch(path string, operations ...string) *reply {
	return p.send("PATCH", path, patchMessage(operations...))
}

func patchMessage(operations ...string) string {
	return `{"schemas":["` + scim.PatchOpMessage + `"],"Operations":[` + strings.Join(operations, ",") + `]}`
}

// post creates a resource, and remembers to delete it, also one that should have been refused and whose
// representation cannot be read.
func (p *probe) post(endpoint, body string, headers ...string) *reply {
	r := p.send("POST", endpoint, body, headers...)
	if r.status != http.StatusCreated {
		return r
	}
	endpoint, _, _ = strings.Cut(endpoint, "?")
	location := r.header.Get("Location")
	if id, ok := r.doc["id"].(string); ok {
		p.created = append(p.created, endpoint+"/"+id)
	} else if i := strings.LastIndexByte(location, '/'); i >= 0 && i < len(location)-1 {
		p.created = append(p.created, endpoint+location[i:])
	}
	return r
}

// user creates a user of a new name with more members; group the same with members by id.
func (p *probe) user(more ...string) *reply {
	return p.post("/Users", userBody(p.name(), more...)).want(201)
}

func userBody(name string, more ...string) string {
	return fmt.Sprintf(`{"schemas":[%q],"userName":%q%s}`, scim.UserSchema, name, joined(more))
}

func (p *probe) group(members ...string) *reply {
	return p.post("/Groups", groupBody(p.name(), members...)).want(201)
}

func groupBody(name string, members ...string) string {
	list := make([]string, len(members))
	for i, id := range members {
		list[i] = fmt.Sprintf(`{"value":%q}`, id)
	}
	return fmt.Sprintf(`{"schemas":[%q],"displayName":%q,"members":[%s]}`, scim.GroupSchema, name, strings.Join(list, ","))
}

func joined(more []string) string {
	if len(more) == 0 {
		return ""
	}
	return "," + strings.Join(more, ",")
}

// wrong records a problem, the first one with the beginning of the answer on one line.
func (r *reply) wrong(format string, args ...any) {
	text := r.what + ": " + fmt.Sprintf(format, args...)
	if !r.shown {
		text += fmt.Sprintf("\n%d %s", r.status, excerpt(r.body))
	}
	r.shown = true
	r.p.problem("%s", text)
}

// excerpt is the beginning of a body on one line.
func excerpt(body []byte) string {
	return abbreviate(strings.Join(strings.Fields(string(body)), " "), 300)
}

func abbreviate(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

func (r *reply) want(statuses ...int) *reply {
	if !slices.Contains(statuses, r.status) {
		r.wrong("status %d, want one of %v", r.status, statuses)
	}
	return r
}

// wantError wants one of the statuses with the body of RFC 7644 §3.12 and, unless kind is empty, one
// of the scimTypes in it, which are separated by spaces.
func (r *reply) wantError(kind string, statuses ...int) *reply {
	r.want(statuses...)
	r.contains("schemas", scim.ErrorMessage)
	r.is("status", strconv.Itoa(r.status))
	if detail, ok := r.at("detail").(string); !ok || detail == "" {
		r.wrong("detail is missing")
	}
	if got, _ := r.at("scimType").(string); kind != "" && !slices.Contains(strings.Fields(kind), got) {
		r.wrong("scimType %q, want %s", got, kind)
	}
	return r
}

// at returns the value at a path of names and indexes joined by slashes, nil when there is none.
// (Names of extensions contain dots.)
func (r *reply) at(path string) any { return valueAt(r.doc, path) }

func valueAt(v any, path string) any {
	for part := range strings.SplitSeq(path, "/") {
		switch c := v.(type) {
		case scim.Object:
			v = c[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(c) {
				return nil
			}
			v = c[i]
		default:
			return nil
		}
	}
	return v
}

func (r *reply) text(path string) string {
	s, _ := r.at(path).(string)
	return s
}

func (r *reply) list(path string) []any {
	list, _ := r.at(path).([]any)
	return list
}

func (r *reply) id() string {
	id := r.text("id")
	if id == "" {
		r.wrong("id is missing")
	}
	return id
}

// is wants a value; nil wants none (RFC 7643 §2.5: null and an empty list are none).
func (r *reply) is(path string, want any) *reply {
	got := r.at(path)
	if n, ok := want.(int); ok {
		want = scim.Number(strconv.Itoa(n))
	}
	if list, ok := got.([]any); ok && len(list) == 0 && want == nil {
		return r
	}
	if !bytes.Equal(scim.AppendJSON(nil, got), scim.AppendJSON(nil, want)) {
		r.wrong("%s is %s, want %s", path, scim.AppendJSON(nil, got), scim.AppendJSON(nil, want))
	}
	return r
}

// has wants values to exist.
func (r *reply) has(paths ...string) *reply {
	for _, path := range paths {
		if r.at(path) == nil {
			r.wrong("%s is missing", path)
		}
	}
	return r
}

// contains wants a value in a list.
func (r *reply) contains(path string, want any) *reply {
	if !slices.ContainsFunc(r.list(path), func(v any) bool { return bytes.Equal(scim.AppendJSON(nil, v), scim.AppendJSON(nil, want)) }) {
		r.wrong("%s does not contain %s", path, scim.AppendJSON(nil, want))
	}
	return r
}

// values wants a list of complex values to have exactly these "value"s, in any order.
func (r *reply) values(path string, want ...string) *reply {
	var got []string
	for _, v := range r.list(path) {
		s, _ := valueAt(v, "value").(string)
		got = append(got, s)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.wrong("%s has the values %q, want %q", path, got, want)
	}
	return r
}

func (r *reply) headerIs(name, want string) *reply {
	if got := r.header.Get(name); got != want {
		r.wrong("header %s is %q, want %q", name, got, want)
	}
	return r
}

func (r *reply) number(path string) int {
	n, ok := r.at(path).(scim.Number)
	i, err := strconv.Atoi(string(n))
	if !ok || err != nil {
		r.wrong("%s is not an integer", path)
	}
	return i
}
