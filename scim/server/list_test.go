package server

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

func TestList_Shape(t *testing.T) {
	t.Parallel()
	req(t, "R-LIST-01", "R-LIST-02", "R-LIST-03", "R-LIST-04", "R-LIST-08", "R-LIST-10", "R-ETAG-10")
	h := newHarness(t)
	a := h.do("GET", "/Users", "").want(200)
	if want := `{"schemas":["` + scim.ListResponseMessage + `"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`; string(a.body) != want {
		t.Errorf("empty list: %s", a.body)
	}
	h.user("ada")
	a = h.do("GET", "/Users", "").want(200).wantAt("totalResults", 1).wantAt("itemsPerPage", 1).wantAt("Resources.0.userName", "ada")
	if len(a.doc) != 5 {
		t.Errorf("members: %s", a.body)
	}
	if v := a.at("Resources.0.meta.version"); v != `W/"1"` || a.header.Get("ETag") != "" {
		t.Errorf("version %v, ETag %q", v, a.header.Get("ETag"))
	}
	if got := h.last(); got.Action != ActionSearch || got.Total != 1 || got.Type.Name != "User" {
		t.Errorf("observed %+v", got)
	}
}

func TestList_Pages(t *testing.T) {
	t.Parallel()
	req(t, "R-PAGE-01", "R-PAGE-02", "R-PAGE-03", "R-PAGE-04", "R-PAGE-05", "R-LIST-09")
	h := newHarness(t, func(c *Config) { c.Limits.DefaultCount, c.Limits.MaxCount = 4, 6 })
	for i := range 11 {
		h.user(fmt.Sprintf("u%02d", i))
	}
	tests := []struct {
		query        string
		start, items int
		first        string
	}{
		{"", 1, 4, "u00"},
		{"startIndex=6&count=5", 6, 5, "u05"},
		{"startIndex=0&count=2", 1, 2, "u00"},
		{"startIndex=-3&count=-1", 1, 0, ""},
		{"count=0", 1, 0, ""},
		{"count=1000000000", 1, 6, "u00"},
		{"startIndex=9&count=6", 9, 3, "u08"},
		{"startIndex=1000001&count=5", 1000001, 0, ""},
		{"startIndex=9223372036854775807&count=5", 1 << 53, 0, ""},
	}
	for _, test := range tests {
		a := h.do("GET", "/Users?"+test.query, "").want(200).
			wantAt("totalResults", 11).wantAt("startIndex", test.start).wantAt("itemsPerPage", test.items)
		if n := len(a.list("Resources")); n != test.items {
			t.Errorf("%s: %d resources", test.query, n)
		}
		if test.first != "" {
			a.wantAt("Resources.0.userName", test.first)
		}
	}
}

func TestList_Sorted(t *testing.T) {
	t.Parallel()
	req(t, "R-SORT-01", "R-SORT-02", "R-SORT-03", "R-SORT-04", "R-SORT-05", "R-SORT-06")
	h := newHarness(t)
	h.user("b", `"title":"Ämter"`, `"emails":[{"value":"z@x"},{"value":"a@x","primary":true}]`)
	h.user("A", `"emails":[{"value":"M@x"},{"value":"b@x"}]`)
	h.user("c", `"title":"zeta"`, `"active":false`)
	h.user("d", `"title":"Alpha"`)
	tests := []struct{ query, want string }{
		{"sortBy=userName", "A b c d"},
		{"sortBy=USERNAME&sortOrder=Descending", "d c b A"},
		{"sortBy=title", "d c b A"},
		{"sortBy=title&sortOrder=descending", "A b c d"},
		{"sortBy=emails", "b A c d"},
		{"sortBy=emails.value&sortOrder=descending", "c d A b"},
		{"sortBy=active", "c b A d"},
		{"sortBy=meta.created", "b A c d"},
		{"sortBy=urn:ietf:params:scim:schemas:core:2.0:User:userName", "A b c d"},
		{"sortBy=nickName", "b A c d"},
	}
	for _, test := range tests {
		a := h.do("GET", "/Users?"+test.query, "").want(200)
		var names []string
		for _, r := range a.list("Resources") {
			names = append(names, r.(scim.Object)["userName"].(string))
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.query, got, test.want)
		}
	}
}

func TestList_Filtered(t *testing.T) {
	t.Parallel()
	req(t, "R-FILTER-09", "R-FILTER-15", "R-FILTER-17", "R-FILTER-23", "R-FILTER-12", "R-FILTER-26")
	h := newHarness(t)
	ada := h.user("ada", `"externalId":"X1"`).id()
	h.user("bob")
	g := h.group("staff", ada).id()
	tests := []struct {
		path, filter string
		want         int
	}{
		{"/Users", `userName eq "ADA"`, 1},
		{"/Users", `externalId eq "x1"`, 0},
		{"/Users", `schemas eq "` + scim.UserSchema + `"`, 2},
		{"/Users", `id eq "` + ada + `"`, 1},
		{"/Users", `meta.resourceType eq "User"`, 2},
		{"/Users", `groups.value eq "` + g + `"`, 1},
		{"/Groups", `members eq "` + ada + `"`, 1},
		{"/Groups", `id eq "` + g + `" and members[value eq "` + ada + `"]`, 1},
	}
	for _, test := range tests {
		h.do("GET", test.path+"?filter="+url.QueryEscape(test.filter), "").want(200).wantAt("totalResults", test.want)
	}
	for _, filter := range []string{`password pr`, `shoeSize eq "42"`, `userName cx "a"`, strings.Repeat("(", 200) + "userName pr" + strings.Repeat(")", 200)} {
		h.do("GET", "/Users?filter="+url.QueryEscape(filter), "").wantError(400, scim.InvalidFilter)
	}
	if o := h.last(); !strings.Contains(o.Filter, "((") || scim.AsError(o.Err).Type != scim.InvalidFilter {
		t.Errorf("observed %+v", o)
	}
}

func TestList_Projection(t *testing.T) {
	t.Parallel()
	req(t, "R-PROJ-01", "R-PROJ-02", "R-PROJ-03", "R-PROJ-05", "R-PROJ-06", "R-PROJ-07", "R-PROJ-10", "R-SCHEMA-02", "R-META-09")
	h := newHarness(t)
	id := h.user("ada", `"name":{"givenName":"Ada","familyName":"L"}`, `"title":"Countess"`, `"`+scim.EnterpriseUserSchema+`":{"department":"Maths"}`).id()
	tests := []struct{ query, keys string }{
		{"attributes=userName", "id schemas userName"},
		{"attributes=USERNAME+,+name.givenName,nope,password", "id name schemas userName"},
		{"attributes=id", "id schemas"},
		{"attributes=nope", "id schemas"},
		{"attributes=meta", "id meta schemas"},
		{"attributes=" + scim.EnterpriseUserSchema, "id schemas " + scim.EnterpriseUserSchema},
		{"excludedAttributes=id,schemas,name,title,meta," + scim.EnterpriseUserSchema + ":department", "active id schemas userName"},
	}
	for _, test := range tests {
		for _, path := range []string{"/Users?count=1&" + test.query, "/Users/" + id + "?" + test.query, "/?" + test.query} {
			a := h.do("GET", path, "").want(200)
			doc := a.doc
			if list := a.list("Resources"); list != nil {
				doc = list[0].(scim.Object)
			}
			if got := strings.Join(sortedKeys(doc), " "); got != test.keys {
				t.Errorf("%s: %s, want %s", path, got, test.keys)
			}
			if name, ok := doc["name"].(scim.Object); ok && name["familyName"] != nil {
				t.Errorf("%s: %v", path, name)
			}
		}
	}
}

func sortedKeys(obj scim.Object) []string {
	var keys []string
	for key := range obj {
		keys = append(keys, key)
	}
	for i := range keys { // few keys: insertion sort
		for j := i; j > 0 && keys[j] < keys[j-1]; j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
	return keys
}

func TestRoot_QueriesAllTypes(t *testing.T) {
	t.Parallel()
	req(t, "R-LIST-05", "R-FILTER-14", "R-SEARCH-04")
	h := newHarness(t)
	h.user("ada")
	h.group("staff")
	h.do("GET", "/", "").want(200).wantAt("totalResults", 2)
	h.do("GET", "/?filter=userName+pr", "").want(200).wantAt("totalResults", 1).wantAt("Resources.0.meta.resourceType", "User")
	h.do("GET", "/?filter=userName+eq+%22ada%22+or+displayName+eq+%22staff%22", "").want(200).wantAt("totalResults", 2)
	h.do("GET", "/?sortBy=displayName&attributes=displayName", "").want(200).wantAt("Resources.0.displayName", "staff").wantAt("Resources.1.displayName", nil)
	h.do("GET", "/?sortBy=nope", "").wantError(400, scim.InvalidPath)
	h.do("POST", "/.search", `{"schemas":["`+scim.SearchRequestMessage+`"],"attributes":["displayName"]}`).want(200).wantAt("totalResults", 2)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	req(t, "R-SEARCH-01", "R-SEARCH-02", "R-SEARCH-03", "R-CUR-07")
	h := newHarness(t)
	for i := range 3 {
		h.user(fmt.Sprintf("u%d", i))
	}
	search := func(members string) *reply {
		return h.do("POST", "/Users/.search", `{"schemas":["`+scim.SearchRequestMessage+`"]`+members+`}`)
	}
	search(``).want(200).wantAt("totalResults", 3)
	search(`,"filter":"userName eq \"u1\"","attributes":["userName"],"startIndex":1,"count":10,"nope":true`).want(200).
		wantAt("totalResults", 1).wantAt("Resources.0.userName", "u1").wantAt("Resources.0.meta", nil)
	search(`,"sortBy":"userName","sortOrder":"descending","COUNT":1,"startIndex":null,"filter":null`).want(200).wantAt("Resources.0.userName", "u2")
	a := search(`,"cursor":"","count":2`).want(200).wantAt("itemsPerPage", 2)
	cursor, _ := a.doc["nextCursor"].(string)
	search(`,"cursor":"`+cursor+`","count":2`).want(200).wantAt("Resources.0.userName", "u2").wantAt("nextCursor", nil)
	search(`,"excludedAttributes":"meta"`).want(200).wantAt("Resources.0.meta", nil)
	for _, bad := range []string{`,"filter":1`, `,"count":"ten"`, `,"count":1.5`, `,"startIndex":true`, `,"attributes":{}`, `,"attributes":[1]`, `,"sortBy":[]`, `,"cursor":1`} {
		search(bad).wantError(400, scim.InvalidSyntax)
	}
	search(`,"filter":""`).wantError(400, scim.InvalidFilter)
	search(`,"cursor":"","startIndex":1`).wantError(400, scim.InvalidCursor)
	for _, body := range []string{`{}`, `{"schemas":["` + scim.PatchOpMessage + `"]}`, `{"schemas":1}`} {
		h.do("POST", "/Users/.search", body).wantError(400, scim.InvalidSyntax)
	}
}

func TestList_StreamsWhatIsLarge(t *testing.T) {
	t.Parallel()
	reg := schema.Core()
	group := reg.TypeByName("Group")
	const members = 5000
	res := &Resource{Type: group, ID: "g", Raw: []byte(`{"schemas":["x"],"id":"g"}`), Version: `W/"3"`, Extra: func(w io.Writer) error {
		if _, err := io.WriteString(w, `,"members":[`); err != nil {
			return err
		}
		for i := range members {
			comma := ","
			if i == 0 {
				comma = ""
			}
			if _, err := fmt.Fprintf(w, `%s{"value":"%d"}`, comma, i); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "]")
		return err
	}}
	h := newHarness(t, func(c *Config) {
		c.Limits.BufferBytes = 1000
		c.Backend = failing{Backend: c.Backend,
			get:   func() (*Resource, error) { return res, nil },
			query: func(emit func(*Resource) error) error { _ = emit(res); return emit(res) }}
	})
	a := h.do("GET", "/Groups", "").want(200).wantAt("totalResults", 1).wantAt("itemsPerPage", 2).wantAt("Resources.1.meta.version", `W/"3"`)
	if n := len(a.list("Resources.1.members")); n != members {
		t.Errorf("%d members", n)
	}
	a = h.do("GET", "/Groups/g", "").want(200).wantHeader("ETag", `W/"3"`).wantAt("meta.location", testBase+"/Groups/g")
	if n := len(a.list("members")); n != members {
		t.Errorf("%d members", n)
	}
	// A projection of what is kept encoded only is decoded.
	a = h.do("GET", "/Groups/g?excludedAttributes=meta", "").want(200)
	if n := len(a.list("members")); n != members || a.at("meta") != nil {
		t.Errorf("%d members, meta %v", n, a.at("meta"))
	}
	if a.header.Get("Cache-Control") != "private, no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", a.header)
	}
}

func TestResource_SelectedRawIsNotDecoded(t *testing.T) {
	t.Parallel()
	req(t, "R-PROJ-09")
	reg := schema.Core()
	res := &Resource{Type: reg.TypeByName("Group"), ID: "g", Raw: []byte(`{"schemas":["x"],"id":"g","displayName":"kept as it is"}`), Selected: true}
	h := newHarness(t, func(c *Config) {
		c.Backend = failing{Backend: c.Backend, get: func() (*Resource, error) { return res, nil }}
	})
	a := h.do("GET", "/Groups/g?excludedAttributes=members", "").want(200).wantAt("displayName", "kept as it is")
	if want := `{"schemas":["x"],"id":"g","displayName":"kept as it is","meta":{"resourceType":"Group","location":"` + testBase + `/Groups/g"}}`; string(a.body) != want {
		t.Errorf("%s", a.body)
	}
}

func TestConfig_Incomplete(t *testing.T) {
	t.Parallel()
	reg := schema.Core()
	for _, cfg := range []Config{{}, {Registry: reg}, {Backend: NewMemory(reg)}, {Backend: NewMemory(reg), Registry: reg, Prefix: "scim"},
		{Backend: NewMemory(reg), Registry: reg, CursorKey: []byte("short")}} {
		if _, err := New(cfg); err == nil {
			t.Errorf("New(%+v) succeeded", cfg)
		}
	}
	s, err := New(Config{Backend: NewMemory(reg), Registry: reg})
	if err != nil {
		t.Fatal(err)
	}
	var _ http.Handler = s
}
