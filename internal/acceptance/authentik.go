package acceptance

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// AuthentikCase is one thing that authentik's SCIM source does or should do.
type AuthentikCase struct {
	ID       string
	Title    string
	Requires []string
	Setup    []AuthentikSetup
	Steps    []AuthentikStep

	text string // the case as written, to find the random names in it
}

// AuthentikSetup makes something before the first step.
type AuthentikSetup struct {
	Action       string `json:"action"`
	As           string `json:"as"`
	Name         string `json:"name"`
	Username     string `json:"username"`
	UserName     string `json:"userName"`
	Count        int    `json:"count"`
	IsAdminGroup bool   `json:"is_admin_group"`
}

// AuthentikStep is one request; with the method ADMIN, Path is an action of the product instead.
type AuthentikStep struct {
	Name        string            `json:"name"`
	Method      string            `json:"method"`
	Path        string            `json:"path"`
	Auth        string            `json:"auth"`
	Headers     map[string]string `json:"headers"`
	ContentType string            `json:"content_type"`
	Body        jsontext.Value    `json:"body"`
	RawBody     *string           `json:"raw_body"`
	Save        map[string]string `json:"save"`
	Note        string            `json:"note"`
	Differs     string            `json:"authentik_differs"`
	Expect      AuthentikExpect   `json:"expect"`
}

// AuthentikExpect is what an answer must be.
type AuthentikExpect struct {
	Status  []int            `json:"status"`
	JSON    []AuthentikCheck `json:"json"`
	Headers []AuthentikCheck `json:"headers"`
}

// AuthentikCheck looks at one value of an answer: at a JSON pointer, or at a header.
type AuthentikCheck struct {
	Pointer string         `json:"p"`
	Name    string         `json:"name"`
	Op      string         `json:"op"`
	Value   jsontext.Value `json:"v"`
}

// LoadAuthentik reads the cases; a key that the player does not know is an error.
func LoadAuthentik(name string) ([]AuthentikCase, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var file struct {
		Cases []jsontext.Value `json:"cases"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	cases := make([]AuthentikCase, len(file.Cases))
	for i, text := range file.Cases {
		var written struct {
			ID        string           `json:"id"`
			Group     string           `json:"group"`
			Title     string           `json:"title"`
			Origin    string           `json:"origin"`
			Note      string           `json:"note"`
			Behaviour string           `json:"authentik_behaviour"`
			Requires  []string         `json:"requires"`
			Setup     []AuthentikSetup `json:"setup"`
			Steps     []AuthentikStep  `json:"steps"`
		}
		if err := json.Unmarshal(text, &written, json.RejectUnknownMembers(true)); err != nil {
			return nil, fmt.Errorf("read case %d of %s: %w", i+1, name, err)
		}
		cases[i] = AuthentikCase{written.ID, written.Title, written.Requires, written.Setup, written.Steps, string(text)}
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("no cases in %s", name)
	}
	return cases, nil
}

var randomName = regexp.MustCompile(`\{\{(r|R|uuid):([^{}]+)\}\}`)

// names draws the random names of a case.
func (c *AuthentikCase) names() Placeholders {
	names := Placeholders{}
	for _, m := range randomName.FindAllStringSubmatch(c.text, -1) {
		name := m[2]
		if _, known := names["r:"+name]; known {
			continue
		}
		token := "r" + Random(5)
		names["r:"+name], names["R:"+name] = token, strings.ToUpper(token)
		h := Random(16)
		names["uuid:"+name] = h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:]
	}
	return names
}

// pointerPath turns a JSON pointer into a path; URNs in it stand as they are.
func pointerPath(pointer string) Path {
	var p Path
	for key := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if key != "" {
			p = append(p, segment{key: key})
		}
	}
	return p
}

// operators maps the cases' words to the matcher's.
var operators = map[string]string{
	"eq": "eq", "ne": "ne", "absent_or_ne": "ne", "absent_or_empty": "absentOrEmpty", "type": "type", "re": "matches",
	"len": "length", "min_len": "minLength", "gte": "gte", "contains": "contains", "not_contains": "notContains",
}

// matcher writes the check as a matcher.
func (c *AuthentikCheck) matcher(names Placeholders) (any, error) {
	switch c.Op {
	case "exists":
		return map[string]any{"exists": true}, nil
	case "absent":
		return map[string]any{"exists": false}, nil
	case "absent_or_empty":
		return map[string]any{"absentOrEmpty": true}, nil
	}
	operator, ok := operators[c.Op]
	if !ok {
		return nil, fmt.Errorf("operator %q is not known", c.Op)
	}
	text, err := names.Fill(string(c.Value))
	if err != nil {
		return nil, err
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return nil, fmt.Errorf("read %s: %w", text, err)
	}
	return map[string]any{operator: value}, nil
}
