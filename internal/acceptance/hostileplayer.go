package acceptance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// patience multiplies the cases' time limits: they were written for a machine that does nothing else.
const patience = 3

// HostilePlayer plays hostile cases against one source.
type HostilePlayer struct {
	Client *Client
	// Names holds what the cases may use: base, token, slug, host, self_url and what they need.
	Names Placeholders
	// Twice lists cases whose header is to be sent a second time with the value given here, because
	// JSON cannot hold two of a name.
	Twice map[string]Field
}

// Play plays a case and its follow-ups. Missing needs are an error: the caller filters cases.
func (p *HostilePlayer) Play(ctx context.Context, c *HostileCase) error {
	names := maps.Clone(p.Names)
	names["uniq"], names["run"] = Random(6), Random(4)
	for _, need := range c.Needs {
		if _, ok := names[need]; !ok {
			return fmt.Errorf("hostile %s needs %s", c.ID, need)
		}
	}
	if err := p.setUp(ctx, c, names); err != nil {
		return fmt.Errorf("hostile %s (%s): set up: %w", c.ID, c.Name, err)
	}
	seen := map[int]bool{}
	for range max(c.Repeat, 1) {
		ex, err := p.attack(ctx, c, names)
		if err != nil {
			return fmt.Errorf("hostile %s (%s): %w", c.ID, c.Name, err)
		}
		seen[ex.Answer.Status] = true
		names["last_id"] = stringAt(ex.Answer, "id")
	}
	if c.ExpectAnyStatus != 0 && !seen[c.ExpectAnyStatus] {
		return fmt.Errorf("hostile %s (%s): none of %d answers was %d", c.ID, c.Name, c.Repeat, c.ExpectAnyStatus)
	}
	for i := range c.Then {
		if err := p.follow(ctx, &c.Then[i], names); err != nil {
			return fmt.Errorf("hostile %s (%s), follow-up %d: %w", c.ID, c.Name, i+1, err)
		}
	}
	return nil
}

func (p *HostilePlayer) setUp(ctx context.Context, c *HostileCase, names Placeholders) error {
	for _, what := range c.Setup {
		kind, rest, _ := strings.Cut(what, ":")
		name, members, _ := strings.Cut(rest, ":")
		title := name + "-" + names["run"]
		if kind == "user" {
			title += "@hostile.test"
		}
		if fixture, ok := c.Fixture[name]; ok {
			var err error
			if title, err = names.Fill(fixture); err != nil {
				return err
			}
		}
		body, idKey, nameKey := newUser(title), "uid:", "un:"
		if kind == "group" {
			var ids []string
			if members != "" {
				for m := range strings.SplitSeq(members, ",") {
					ids = append(ids, names["uid:"+m])
				}
			}
			body, idKey, nameKey = newGroup(title, ids), "gid:", "gn:"
		}
		id, err := p.create(ctx, kind, body, names)
		if err != nil {
			return err
		}
		names[idKey+name], names[nameKey+name] = id, title
	}
	return nil
}

func (p *HostilePlayer) create(ctx context.Context, kind string, body []byte, names Placeholders) (string, error) {
	path := map[string]string{"user": "/Users", "group": "/Groups"}[kind]
	ex, err := p.Client.Do(ctx, scimWrite("POST", names["base"], names["token"], path, body))
	if err != nil {
		return "", err
	}
	if ex.Answer.Status != 201 {
		return "", fmt.Errorf("want 201\n%s", ex)
	}
	return stringAt(ex.Answer, "id"), nil
}

func newUser(userName string) []byte {
	return marshal(map[string]any{"schemas": []string{userSchema}, "userName": userName})
}

func newGroup(displayName string, members []string) []byte {
	values := make([]any, len(members))
	for i, id := range members {
		values[i] = map[string]any{"value": id}
	}
	return marshal(map[string]any{"schemas": []string{groupSchema}, "displayName": displayName, "members": values})
}

const (
	userSchema  = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"
	patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// marshal writes a value that the tests made themselves, which cannot fail.
func marshal(v any) []byte {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	return b
}

// stringAt is a string of an answer, empty where there is none.
func stringAt(a Answer, place string) string {
	doc, err := a.Document()
	if err != nil {
		return ""
	}
	path, err := ParsePath(place)
	if err != nil {
		return ""
	}
	value, _ := path.Find(doc)
	text, _ := value.(string)
	return text
}

func (p *HostilePlayer) attack(ctx context.Context, c *HostileCase, names Placeholders) (Exchange, error) {
	ex := Exchange{Request: Request{Method: c.Method}}
	wire := Wire{Method: c.Method, HalfClose: c.HalfClose, Drip: c.Drip, More: c.Expect.MaxResponses > 0}
	if c.Raw != "" {
		raw, err := names.Fill(c.Raw)
		if err != nil {
			return ex, err
		}
		wire.Bytes = RawBytes(raw)
		ex.Request.Body = wire.Bytes
	} else {
		request, err := c.request(names)
		if err != nil {
			return ex, err
		}
		if c.BodyGen != nil {
			if request.Body, err = c.BodyGen.Bytes(names); err != nil {
				return ex, err
			}
		}
		if again, ok := p.Twice[c.ID]; ok {
			request.Fields = append(request.Fields, again)
		}
		ex.Request = request
		wire.Bytes = WireBytes(request, names["host"])
	}
	expect := c.Expect
	if c.Slow && c.Drip != nil {
		// The server has to lose patience before the client does.
		expect.MaxMillis = 1000 * int64(c.Drip.Seconds)
	}
	return p.send(ctx, wire, ex, &expect, names)
}

func (p *HostilePlayer) follow(ctx context.Context, r *HostileRequest, names Placeholders) error {
	request, err := r.request(names)
	if err != nil {
		return err
	}
	wire := Wire{Method: r.Method, Bytes: WireBytes(request, names["host"])}
	_, err = p.send(ctx, wire, Exchange{Request: request}, &r.Expect, names)
	return err
}

func (p *HostilePlayer) send(ctx context.Context, wire Wire, ex Exchange, e *HostileExpect, names Placeholders) (Exchange, error) {
	limit := patience * max(time.Duration(e.MaxMillis)*time.Millisecond, 5*time.Second)
	if wire.Drip != nil {
		limit += time.Duration(wire.Drip.Seconds) * time.Second
	}
	answers, err := wire.Send(ctx, p.Client.Host(), limit)
	if err != nil {
		return ex, fmt.Errorf("%w\n%s", err, ex)
	}
	if e.MaxResponses > 0 && len(answers) > e.MaxResponses {
		return ex, fmt.Errorf("%d answers to one request, want at most %d\n%s", len(answers), e.MaxResponses, ex)
	}
	if len(answers) == 0 {
		if e.CloseOK {
			return ex, nil
		}
		return ex, fmt.Errorf("the connection was closed without an answer\n%s", ex)
	}
	ex.Answer = answers[0]
	if problems := e.check(ex.Answer, names); len(problems) > 0 {
		return ex, fmt.Errorf("%s\n%s", strings.Join(problems, "\n  "), ex)
	}
	return ex, nil
}

func (r *HostileRequest) request(names Placeholders) (Request, error) {
	target, err := names.Fill(r.Path)
	if err != nil {
		return Request{}, err
	}
	out := Request{Method: r.Method, Target: target}
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		value, err := names.Fill(r.Headers[name])
		if err != nil {
			return Request{}, err
		}
		out.Fields = append(out.Fields, Field{name, value})
	}
	out.Body, err = hostileBody(r.Body, names)
	return out, err
}

// hostileBody is the body to send: a JSON string's text, or the JSON itself as it stands in the file.
func hostileBody(body jsontext.Value, names Placeholders) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	text := string(body)
	if body.Kind() == '"' {
		if err := json.Unmarshal(body, &text); err != nil {
			return nil, err
		}
	}
	text, err := names.Fill(text)
	return []byte(text), err
}
