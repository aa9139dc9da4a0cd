package acceptance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// badInput is a request that must be refused, with what must be answered. More than one status or
// scimType is given where the RFC and Roster's limits leave it open.
type badInput struct {
	name         string
	method, path string
	body         string
	fields       []Field // over the usual ones
	status       []int
	scimType     []string // nil: none is demanded
}

const userStart = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bad-input"`

func patchText(operations string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operations + `]}`
}

func query(filter string) string { return filterQuery("/Users", filter) }

// badBodies are POSTs to /Users that are no JSON, or none that is taken.
func badBodies() []badInput {
	syntax := []string{"invalidSyntax"}
	cases := []badInput{
		{name: "no body", body: ""},
		{name: "cut JSON", body: `{"userName":`},
		{name: "two documents", body: userStart + `}{}`},
		{name: "an array", body: `[` + userStart + `}]`},
		{name: "null", body: `null`},
		{name: "a string", body: `"bad-input"`},
		{name: "a comment", body: userStart + `/*x*/}`},
		{name: "a trailing comma", body: userStart + `,}`},
		{name: "the same name twice", body: userStart + `,"userName":"bad-input-2"}`},
		{name: "the same name in two cases", body: userStart + `,"USERNAME":"bad-input-2"}`},
		{name: "the same name twice, deep down", body: userStart + `,"name":{"givenName":"a","givenName":"b"}}`},
		{name: "broken UTF-8", body: userStart + ",\"displayName\":\"a\xff\xfe\"}"},
		{name: "an overlong UTF-8 form", body: userStart + ",\"displayName\":\"\xc0\xaf\"}"},
		{name: "a lone surrogate", body: userStart + `,"displayName":"\ud800"}`},
		{name: "NUL", body: userStart + `,"displayName":"a\u0000b"}`},
		{name: "a raw control character", body: userStart + ",\"displayName\":\"a\x01b\"}"},
		{name: "a number with a leading zero", body: userStart + `,"urn:x:y":{"n":01}}`},
		{name: "NaN", body: userStart + `,"urn:x:y":{"n":NaN}}`},
		{name: "UTF-16", body: "\xff\xfe{\x00}\x00"},
	}
	for i := range cases {
		cases[i].method, cases[i].path, cases[i].status, cases[i].scimType = "POST", "/Users", []int{400}, syntax
	}
	return cases
}

// badSizes break limits; a limit's refusal names it in its detail.
func badSizes() []badInput {
	tooLarge := []int{400, 413}
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	keys, emails := make([]string, 2100), make([]string, 101)
	for i := range keys {
		keys[i] = fmt.Sprintf(`"k%d":1`, i)
	}
	for i := range emails {
		emails[i] = fmt.Sprintf(`{"value":"u%d@example.com"}`, i)
	}
	operations := strings.Repeat(`{"op":"replace","path":"title","value":"x"},`, 5000) + `{"op":"replace","path":"title","value":"y"}`
	bulk := make([]string, 1001)
	for i := range bulk {
		bulk[i] = fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"b%d","data":{"userName":"bad-input-%d"}}`, i, i)
	}
	const bulkStart = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[`
	return []badInput{
		{name: "a body over 16 MiB", method: "POST", path: "/Users", body: userStart + `,"title":"` + strings.Repeat("x", 17<<20) + `"}`, status: []int{413}},
		{name: "40 levels", method: "POST", path: "/Users", body: userStart + `,"urn:x:y":` + deep + `}`, status: tooLarge},
		{name: "2100 keys", method: "POST", path: "/Users", body: userStart + `,"urn:x:y":{` + strings.Join(keys, ",") + `}}`, status: tooLarge},
		{name: "a string over 64 KiB", method: "POST", path: "/Users", body: userStart + `,"title":"` + strings.Repeat("x", 65537) + `"}`, status: tooLarge},
		{name: "a userName of 321 characters", method: "POST", path: "/Users", body: `{"userName":"bad-input` + strings.Repeat("x", 312) + `"}`, status: []int{400}, scimType: []string{"invalidValue"}},
		{name: "101 e-mails", method: "POST", path: "/Users", body: userStart + `,"emails":[` + strings.Join(emails, ",") + `]}`, status: tooLarge},
		{name: "5001 operations", method: "PATCH", path: "/Users/{user}", body: patchText(operations), status: tooLarge},
		{name: "1001 bulk operations", method: "POST", path: "/Bulk", body: bulkStart + strings.Join(bulk, ",") + `]}`, status: []int{413}},
		{name: "a URL over 16 KiB", method: "GET", path: "/Users?x=" + strings.Repeat("y", 17<<10), status: []int{400, 414}},
		{name: "a filter over 8 KiB", method: "GET", path: query(`userName eq "` + strings.Repeat("y", 9<<10) + `"`), status: []int{400, 414}, scimType: []string{"invalidFilter"}},
		{name: "a filter of 300 terms", method: "GET", path: query(strings.Repeat(`active pr or `, 299) + `active pr`), status: []int{400}, scimType: []string{"invalidFilter"}},
		{name: "a filter of 100 levels", method: "GET", path: query(strings.Repeat("(", 100) + "active pr" + strings.Repeat(")", 100)), status: []int{400}, scimType: []string{"invalidFilter"}},
	}
}

// badValues are well-formed resources with values of the wrong kind.
func badValues() []badInput {
	value := []string{"invalidValue"}
	either := []string{"invalidValue", "invalidSyntax"}
	var cases []badInput
	for name, body := range map[string]string{
		"no userName":               `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"displayName":"bad-input"}`,
		"userName null":             `{"userName":null}`,
		"userName empty":            `{"userName":""}`,
		"userName blank":            `{"userName":"   "}`,
		"userName number":           `{"userName":12345}`,
		"userName object":           `{"userName":{"$ne":null}}`,
		"userName array":            `{"userName":["bad-input"]}`,
		"userName with line break":  `{"userName":"bad-input\r\nX: 1"}`,
		"active word":               userStart + `,"active":"maybe"}`,
		"active number":             userStart + `,"active":1}`,
		"active object":             userStart + `,"active":{}}`,
		"name string":               userStart + `,"name":"Jane"}`,
		"name array":                userStart + `,"name":["Jane"]}`,
		"givenName number":          userStart + `,"name":{"givenName":1}}`,
		"displayName object":        userStart + `,"displayName":{"a":1}}`,
		"externalId number":         userStart + `,"externalId":1}`,
		"emails number":             userStart + `,"emails":7}`,
		"e-mail number":             userStart + `,"emails":[7]}`,
		"e-mail value object":       userStart + `,"emails":[{"value":{}}]}`,
		"primary word":              userStart + `,"emails":[{"value":"a@example.com","primary":"maybe"}]}`,
		"two primaries":             userStart + `,"emails":[{"value":"a@example.com","primary":true},{"value":"b@example.com","primary":true}]}`,
		"a certificate not base64":  userStart + `,"x509Certificates":[{"value":"%%%"}]}`,
		"schemas of a group":        `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"bad-input"}`,
		"schemas not an array":      `{"schemas":{"a":1},"userName":"bad-input"}`,
		"the enterprise not object": userStart + `,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":"x"}`,
	} {
		types := value
		if strings.HasPrefix(name, "schemas") {
			types = either
		}
		cases = append(cases, badInput{name: name, method: "POST", path: "/Users", body: body, status: []int{400}, scimType: types})
	}
	for name, body := range map[string]string{
		"a group without displayName":   `{"externalId":"x"}`,
		"a group with an empty name":    `{"displayName":""}`,
		"a group with a name of number": `{"displayName":1}`,
		"members a number":              `{"displayName":"bad-input","members":7}`,
		"a member a number":             `{"displayName":"bad-input","members":[7]}`,
		"a member without value":        `{"displayName":"bad-input","members":[{"display":"x"}]}`,
	} {
		cases = append(cases, badInput{name: name, method: "POST", path: "/Groups", body: body, status: []int{400}, scimType: value})
	}
	slices.SortFunc(cases, func(a, b badInput) int { return strings.Compare(a.name, b.name) })
	return cases
}

// badQueries are lists and searches that cannot be answered as asked.
func badQueries() []badInput {
	var cases []badInput
	for _, filter := range []string{
		"", " ", "userName", "userName eq", `eq "x"`, `userName is "x"`, `userName eq 'x'`, `userName eq "x`, `userName eq "\u12"`,
		`userName eq "x" and`, `and userName pr`, `(userName pr`, `userName pr)`, `not userName pr`, `emails[type eq "work"`, `emails[]`,
		`emails[type eq "a" and emails[value pr]]`, `[type eq "work"]`, `nosuch eq "x"`, `name.nosuch eq "x"`, `urn:no:such:attr eq "x"`,
		`userName gt true`, `active gt true`, `active co true`, `active eq 1`, `meta.created gt "yesterday"`, `name eq "x"`,
		`userName eq displayName`, `userName eq "x"; DROP TABLE users`, `userName eq "x" userName eq "y"`, `1=1`, "userName eq \x01",
		`userName eq {"$ne":null}`, `userName eq ["x"]`, `title gt null`, "\xff\xfe pr",
	} {
		cases = append(cases, badInput{name: "filter " + filter, path: query(filter), scimType: []string{"invalidFilter"}})
	}
	for _, parameters := range []string{"startIndex=abc", "count=abc", "startIndex=1.5", "count=1e3", "sortBy=userName&sortOrder=sideways", "attributes=userName&excludedAttributes=name"} {
		cases = append(cases, badInput{name: parameters, path: "/Users?" + parameters, scimType: []string{"invalidValue"}})
	}
	cases = append(cases,
		badInput{name: "sortBy=password", path: "/Users?sortBy=password"},
		badInput{name: "a forged cursor", path: "/Users?cursor=AAAA", scimType: []string{"invalidCursor"}},
		badInput{name: "a broken escape", path: "/Users?filter=%zz"},
		badInput{name: "filter twice", path: query("active pr") + "&filter=userName%20pr"},
	)
	for i := range cases {
		cases[i].method, cases[i].status = "GET", []int{400}
	}
	search := func(name, body string) badInput {
		return badInput{name: name, method: "POST", path: "/Users/.search", body: body, status: []int{400}, scimType: []string{"invalidSyntax", "invalidValue"}}
	}
	return append(cases,
		search("search without schemas", `{"filter":"userName pr"}`),
		search("search with other schemas", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"filter":"userName pr"}`),
		search("search with a filter of number", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":7}`),
		search("search with a count of text", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"count":"many"}`),
		badInput{name: "filter on /Schemas", method: "GET", path: "/Schemas?filter=id%20pr", status: []int{403}},
		badInput{name: "filter on /ResourceTypes", method: "GET", path: "/ResourceTypes?filter=id%20pr", status: []int{403}},
	)
}

// badPatches are PATCHes of a user; each stands behind a good operation that must not be applied.
func badPatches() []badInput {
	var cases []badInput
	for operation, types := range map[string][]string{
		`{"op":"move","path":"title","value":"x"}`: {"invalidSyntax", "invalidValue"},
		`{"path":"title","value":"x"}`:             {"invalidSyntax", "invalidValue"},
		`{"op":1,"path":"title","value":"x"}`:      {"invalidSyntax", "invalidValue"},
		`null`:                                     {"invalidSyntax"},
		`7`:                                        {"invalidSyntax"},
		`{"op":"replace","path":5,"value":"x"}`:    {"invalidPath", "invalidSyntax"},
		`{"op":"remove"}`:                          {"noTarget"},
		`{"op":"add","path":"title"}`:              {"invalidValue", "invalidSyntax"},
		`{"op":"replace","path":"id","value":"x"}`: {"mutability"},
		`{"op":"replace","path":"meta.created","value":"x"}`:                {"mutability"},
		`{"op":"add","path":"groups","value":[{"value":"x"}]}`:              {"mutability"},
		`{"op":"remove","path":"userName"}`:                                 {"mutability"},
		`{"op":"replace","path":"nosuch","value":"x"}`:                      {"noTarget", "invalidPath"},
		`{"op":"replace","path":"name.nosuch","value":"x"}`:                 {"noTarget", "invalidPath"},
		`{"op":"replace","path":"name.","value":"x"}`:                       {"invalidPath"},
		`{"op":"replace","path":"emails[0]","value":"x"}`:                   {"invalidPath", "invalidFilter"},
		`{"op":"replace","path":"emails[type eq].value","value":"x"}`:       {"invalidFilter", "invalidPath"},
		`{"op":"replace","path":"emails[type eq \"a\" or 1=1]","value":{}}`: {"invalidFilter", "invalidPath"},
		`{"op":"replace","path":"userName","value":""}`:                     {"invalidValue", "mutability"},
		`{"op":"replace","path":"userName","value":null}`:                   {"invalidValue", "mutability"},
		`{"op":"replace","path":"active","value":"maybe"}`:                  {"invalidValue"},
		`{"op":"replace","path":"displayName","value":{"a":1}}`:             {"invalidValue"},
		`{"op":"replace","path":"emails","value":7}`:                        {"invalidValue"},
		`{"op":"add","value":[{"title":"x"}]}`:                              {"invalidValue", "invalidSyntax"},
	} {
		cases = append(cases, badInput{name: "PATCH " + operation, body: patchText(`{"op":"replace","path":"title","value":"half applied"},` + operation), scimType: types})
	}
	for name, body := range map[string]string{
		"PATCH without operations":         `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}`,
		"PATCH with an operation, no list": `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":{"op":"replace","path":"title","value":"x"}}`,
		"PATCH with schemas of a user":     `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"Operations":[{"op":"replace","path":"title","value":"x"}]}`,
		"PATCH with an array":              `[{"op":"replace","path":"/title","value":"x"}]`,
	} {
		cases = append(cases, badInput{name: name, body: body, scimType: []string{"invalidSyntax", "invalidValue"}})
	}
	for i := range cases {
		cases[i].method, cases[i].path, cases[i].status = "PATCH", "/Users/{user}", []int{400}
	}
	slices.SortFunc(cases, func(a, b badInput) int { return strings.Compare(a.name, b.name) })
	return cases
}

// badRequests ask for what is not there, not allowed, or not meant.
func badRequests() []badInput {
	const ghost = "00000000-0000-4000-8000-000000000000"
	good := `{"userName":"bad-input"}`
	return []badInput{
		{name: "GET an unknown user", method: "GET", path: "/Users/" + ghost, status: []int{404}},
		{name: "PUT an unknown user", method: "PUT", path: "/Users/" + ghost, body: good, status: []int{404}},
		{name: "PATCH an unknown user", method: "PATCH", path: "/Users/" + ghost, body: patchText(`{"op":"replace","path":"title","value":"x"}`), status: []int{404}},
		{name: "DELETE an unknown user", method: "DELETE", path: "/Users/" + ghost, status: []int{404}},
		{name: "GET a group as user", method: "GET", path: "/Users/{group}", status: []int{404}},
		{name: "DELETE a group as user", method: "DELETE", path: "/Users/{group}", status: []int{404}},
		{name: "GET an unknown schema", method: "GET", path: "/Schemas/urn:no:such", status: []int{404}},
		{name: "GET an unknown resource type", method: "GET", path: "/ResourceTypes/Nobody", status: []int{404}},
		{name: "GET an unknown endpoint", method: "GET", path: "/Nothing", status: []int{404}},
		{name: "POST to an unknown endpoint", method: "POST", path: "/Nothing", body: good, status: []int{404, 405}},
		{name: "NUL in an id", method: "GET", path: "/Users/a%00b", status: []int{400, 404}},
		{name: "DELETE all users", method: "DELETE", path: "/Users", status: []int{405}},
		{name: "PUT all users", method: "PUT", path: "/Users", body: good, status: []int{405}},
		{name: "PATCH all users", method: "PATCH", path: "/Users", body: patchText(`{"op":"replace","path":"title","value":"x"}`), status: []int{405}},
		{name: "POST to a user", method: "POST", path: "/Users/{user}", body: good, status: []int{404, 405}},
		{name: "POST a schema", method: "POST", path: "/Schemas", body: `{}`, status: []int{405}},
		{name: "PUT the configuration", method: "PUT", path: "/ServiceProviderConfig", body: `{}`, status: []int{405}},
		{name: "DELETE the resource types", method: "DELETE", path: "/ResourceTypes", status: []int{405}},
		{name: "GET the search", method: "GET", path: "/Users/.search", status: []int{404, 405}},
		{name: "XML", method: "POST", path: "/Users", body: `<user/>`, fields: []Field{{"Content-Type", "text/xml"}}, status: []int{415}},
		{name: "a form", method: "POST", path: "/Users", body: `userName=x`, fields: []Field{{"Content-Type", "application/x-www-form-urlencoded"}}, status: []int{415}},
		{name: "an unknown coding", method: "POST", path: "/Users", body: good, fields: []Field{{"Content-Encoding", "br"}}, status: []int{400, 415}},
		{name: "PUT without userName", method: "PUT", path: "/Users/{user}", body: `{"displayName":"x"}`, status: []int{400}, scimType: []string{"invalidValue"}},
		{name: "PUT of nothing", method: "PUT", path: "/Users/{user}", body: ``, status: []int{400}, scimType: []string{"invalidSyntax"}},
		{name: "PUT a taken userName", method: "PUT", path: "/Users/{user}", body: `{"userName":"OTHER"}`, status: []int{409}, scimType: []string{"uniqueness"}},
		{name: "PATCH to a taken userName", method: "PATCH", path: "/Users/{user}", body: patchText(`{"op":"replace","path":"userName","value":"OTHER"}`), status: []int{409}, scimType: []string{"uniqueness"}},
		{name: "POST a taken userName", method: "POST", path: "/Users", body: `{"userName":"Other"}`, status: []int{409}, scimType: []string{"uniqueness"}},
		{name: "POST a taken displayName", method: "POST", path: "/Groups", body: `{"displayName":"THE GROUP"}`, status: []int{409}, scimType: []string{"uniqueness"}},
		{name: "PUT with a stale If-Match", method: "PUT", path: "/Users/{user}", body: `{"userName":"fixture"}`, fields: []Field{{"If-Match", `W/"stale"`}}, status: []int{412}},
		{name: "DELETE with a stale If-Match", method: "DELETE", path: "/Users/{user}", fields: []Field{{"If-Match", `W/"stale"`}}, status: []int{412}},
		{name: "PATCH with a broken If-Match", method: "PATCH", path: "/Users/{user}", body: patchText(`{"op":"replace","path":"title","value":"x"}`), fields: []Field{{"If-Match", `%%%`}}, status: []int{400, 412}},
		{name: "a group in itself", method: "PATCH", path: "/Groups/{group}", body: patchText(`{"op":"add","path":"members","value":[{"value":"{group}"}]}`), status: []int{400}, scimType: []string{"invalidValue"}},
		{name: "bulk without operations", method: "POST", path: "/Bulk", body: `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]}`, status: []int{400}, scimType: []string{"invalidSyntax"}},
		{name: "bulk with other schemas", method: "POST", path: "/Bulk", body: patchText(`{"op":"add"}`), status: []int{400}, scimType: []string{"invalidSyntax", "invalidValue"}},
	}
}

// Pins R-SEC-02.
func TestBadInput_IsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	for group, cases := range map[string][]badInput{
		"bodies": badBodies(), "sizes": badSizes(), "values": badValues(), "queries": badQueries(), "patches": badPatches(), "requests": badRequests(),
	} {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			source := newSource(t)
			user := makeResource(t, source, "/Users", []byte(`{"userName":"fixture","title":"Guide","emails":[{"value":"f@example.com","type":"work","primary":true}]}`))
			makeResource(t, source, "/Users", newUser("other"))
			group := makeResource(t, source, "/Groups", newGroup("The Group", []string{user}))
			before := contents(t, source)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					c.path = strings.NewReplacer("{user}", user, "{group}", group).Replace(c.path)
					c.body = strings.ReplaceAll(c.body, "{group}", group)
					refused(t, source, c)
					if after := contents(t, source); after != before {
						t.Errorf("something was stored or changed:\nbefore %s\nafter  %s", abbreviate(before, 2000), abbreviate(after, 2000))
					}
				})
			}
		})
	}
}

func refused(t *testing.T, source Source, c badInput) {
	t.Helper()
	var body []byte
	if c.method != http.MethodGet && c.method != http.MethodDelete {
		body = []byte(c.body)
	}
	r := scimWrite(c.method, source.Base(), source.Token, c.path, body)
	for _, f := range c.fields {
		r.Fields = slices.DeleteFunc(r.Fields, func(old Field) bool { return old.Name == f.Name })
		r.Fields = append(r.Fields, f)
	}
	ex := do(t, r)
	problems := SCIMProblems(ex.Answer)
	if !slices.Contains(c.status, ex.Answer.Status) {
		problems = append(problems, fmt.Sprintf("status %d, want one of %v", ex.Answer.Status, c.status))
	}
	if got := stringAt(ex.Answer, "scimType"); c.scimType != nil && ex.Answer.Status == 400 && !slices.Contains(c.scimType, got) {
		problems = append(problems, fmt.Sprintf("scimType %q, want one of %v", got, c.scimType))
	}
	if ex.Answer.Status == http.StatusMethodNotAllowed && ex.Answer.Header.Get("Allow") == "" {
		problems = append(problems, "no Allow header beside 405")
	}
	if len(problems) > 0 {
		t.Errorf("%s:\n  %s\n%s", c.name, strings.Join(problems, "\n  "), ex)
	}
}

// contents is everything a source holds, as it answers it.
func contents(t *testing.T, source Source) string {
	t.Helper()
	var all string
	for _, path := range []string{"/Users?count=1000", "/Groups?count=1000"} {
		ex := do(t, scimGet(source.Base(), source.Token, path))
		if ex.Answer.Status != http.StatusOK {
			t.Fatalf("want 200\n%s", ex)
		}
		all += string(ex.Answer.Body) + "\n"
	}
	return all
}

// Whoever has no right to know learns nothing: a wrong slug and a wrong token are answered alike.
func TestUnauthorized_SaysTheSameForAWrongSlugAndAWrongToken(t *testing.T) {
	t.Parallel()
	source := newSource(t)
	wrongToken := do(t, scimGet(source.Base(), "rst_0000000000_wrong", "/Users"))
	wrongSlug := do(t, scimGet("/source/scim/no-such-source/v2", source.Token, "/Users"))
	for _, ex := range []Exchange{wrongToken, wrongSlug} {
		if ex.Answer.Status != http.StatusUnauthorized || !strings.HasPrefix(ex.Answer.Header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("want 401 with a challenge\n%s", ex)
		}
		for _, p := range SCIMProblems(ex.Answer) {
			t.Errorf("%s\n%s", p, ex)
		}
	}
	if string(wrongToken.Answer.Body) != string(wrongSlug.Answer.Body) {
		t.Errorf("the answers differ:\n%s%s", wrongToken, wrongSlug)
	}
	none := do(t, Request{Method: http.MethodGet, Target: source.Base() + "/Users"})
	if none.Answer.Status != http.StatusUnauthorized || strings.Contains(none.Answer.Header.Get("WWW-Authenticate"), "error=") {
		t.Errorf("without a token: want 401 and a challenge without an error (RFC 6750 §3.1)\n%s", none)
	}
	if !strings.Contains(wrongToken.Answer.Header.Get("WWW-Authenticate"), `error="invalid_token"`) {
		t.Errorf("with a wrong token: want error=\"invalid_token\" (RFC 6750 §3.1)\n%s", wrongToken)
	}
}
