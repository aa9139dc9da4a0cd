package filter_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

func mustParse(t testing.TB, in string) filter.Expr {
	t.Helper()
	e, err := filter.Parse(in, filter.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", in, err)
	}
	return e
}

func mustBind(t testing.TB, in string, typ *schema.ResourceType) *filter.Filter {
	t.Helper()
	f, err := filter.Bind(mustParse(t, in), typ)
	if err != nil {
		t.Fatalf("%s: %v", in, err)
	}
	return f
}

func TestBind_Errors(t *testing.T) {
	t.Parallel()
	const hr = hrSchema + ":"
	user := loadFixtures(t).user
	for in, want := range map[string]string{
		`foo eq "x"`:                             `User has no attribute "foo". Use the attributes listed at /Schemas.`,
		`members eq "x"`:                         `User has no attribute "members". Use the attributes listed at /Schemas.`,
		`urn:a:b:c eq "x"`:                       `User has no attribute "urn:a:b:c". Use the attributes listed at /Schemas.`,
		`department eq "x"`:                      `"department" belongs to an extension. Write it with the schema: ` + enterprise + `:department.`,
		`name.nick eq "x"`:                       `name has no sub-attribute "nick". It has familyName, formatted, givenName, honorificPrefix, honorificSuffix, middleName.`,
		`title.value eq "x"`:                     `title is simple and has no sub-attribute "value".`,
		`emails[foo eq "x"]`:                     `emails has no sub-attribute "foo". It has display, primary, type, value.`,
		`emails[emails.type eq "x"]`:             `emails has no sub-attribute "emails.type". It has display, primary, type, value.`,
		`title[value eq "x"]`:                    `title has a single simple value; a filter in brackets selects among values with sub-attributes.`,
		hr + `tags[type eq "x"]`:                 `The values of ` + hr + `tags have no attribute "type". Compare value.`,
		`foo[a pr]`:                              `User has no attribute "foo". Use the attributes listed at /Schemas.`,
		`name eq "x"`:                            `name is complex. Compare one of its sub-attributes: familyName, formatted, givenName, honorificPrefix, honorificSuffix, middleName.`,
		`password pr`:                            `password is never returned, so no filter may use it.`,
		`userName pr or not (password pr)`:       `password is never returned, so no filter may use it.`,
		`active eq 1`:                            `active is of type boolean: compare it with true or false, not with the number 1.`,
		`active eq "maybe"`:                      `active is of type boolean: compare it with true or false, not with the string "maybe".`,
		`active gt "true"`:                       `active is of type boolean, which has no operator "gt". Use eq, ne or pr.`,
		hr + `age eq "34"`:                       hr + `age is of type integer: compare it with a number without quotes, not with the string "34".`,
		hr + `age eq true`:                       hr + `age is of type integer: compare it with a number without quotes, not with true or false.`,
		hr + `badge gt "x"`:                      hr + `badge is of type binary, which has no operator "gt". Use eq, ne, co, sw, ew or pr.`,
		`userName eq 5`:                          `userName is of type string: compare it with a string in double quotes, not with the number 5.`,
		`meta.created gt "2010-01-23"`:           `meta.created is of type dateTime: compare it with a date and time such as "2026-01-31T08:30:00Z", not with the string "2010-01-23".`,
		`meta.created gt 5`:                      `meta.created is of type dateTime: compare it with a date and time such as "2026-01-31T08:30:00Z", not with the number 5.`,
		`meta.created sw "2010-01-23T00:00:00Z"`: `meta.created is of type dateTime, which has no operator "sw". Use eq, ne, gt, ge, lt, le or pr.`,
	} {
		f, err := filter.Bind(mustParse(t, in), user)
		if err == nil {
			t.Errorf("%s: bound to %v, want an error", in, f.Root())
			continue
		}
		t.Run(in, func(t *testing.T) { checkError(t, err, scim.InvalidFilter, want) })
	}
}

func TestBind_RefusesSubAttributesOfWhatIsNeverReturned(t *testing.T) {
	t.Parallel()
	secret := &schema.Attribute{Name: "secret", Type: schema.Complex, Returned: schema.ReturnedNever,
		SubAttributes: []*schema.Attribute{{Name: "value", Type: schema.String}}}
	typ := &schema.ResourceType{Name: "Thing", Endpoint: "/Things", Schema: &schema.Schema{ID: "urn:test:Thing", Name: "Thing",
		Attributes: []*schema.Attribute{secret}}}
	for _, in := range []string{`secret.value sw "a"`, `secret eq "a"`, `secret[value sw "a"]`, `secret pr`} {
		for _, bind := range []func(filter.Expr, *schema.ResourceType) (*filter.Filter, error){filter.Bind, filter.BindAny} {
			_, err := bind(mustParse(t, in), typ)
			checkError(t, err, scim.InvalidFilter, "")
		}
	}
}

// Go code can build trees that the grammar cannot.
func TestBind_RefusesMalformedTrees(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	pr := filter.Compare{Path: attr("type"), Op: filter.Pr}
	for _, e := range []filter.Expr{
		nil,
		filter.And{},
		filter.Or{},
		filter.Not{},
		filter.Compare{Path: attr("userName"), Op: "xx", Value: "x"},
		filter.Compare{Path: attr("userName"), Op: filter.Gt},
		filter.Compare{Path: attr("active"), Op: filter.Gt, Value: true},
		filter.Compare{Path: attr("userName"), Op: filter.Eq, Value: 5},
		filter.Element{Path: attr("emails"), Filter: filter.Element{Path: attr("emails"), Filter: pr}},
		filter.Element{Path: filter.AttrPath{Name: "emails", Sub: "type"}, Filter: pr},
	} {
		_, err := filter.Bind(e, user)
		checkError(t, err, scim.InvalidFilter, "")
	}
}

func TestBind_TypedTree(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	userName := user.Schema.Attribute("userName")
	manager := user.Extension(enterprise).Schema.Attribute("manager")
	created := time.Date(2026, 1, 31, 8, 30, 0, 0, time.UTC)
	for in, want := range map[string]filter.TermNode{
		`USERNAME eq " Ada "`:                         {Op: filter.Eq, Ref: schema.Ref{Attr: userName}, Value: " Ada ", Key: "ada"},
		`userName sw " Ada"`:                          {Op: filter.Sw, Ref: schema.Ref{Attr: userName}, Value: " Ada", Key: " ada"},
		`userName co "ＡDA"`:                           {Op: filter.Co, Ref: schema.Ref{Attr: userName}, Value: "ＡDA", Key: "ada"},
		`active eq "True"`:                            {Op: filter.Eq, Ref: schema.Ref{Attr: user.Schema.Attribute("active")}, Value: true},
		`active ne "FALSE"`:                           {Op: filter.Ne, Ref: schema.Ref{Attr: user.Schema.Attribute("active")}, Value: false},
		`manager eq "X"`:                              {Op: filter.Eq, Ref: schema.Ref{URN: enterprise, Attr: manager, Sub: manager.Sub("value")}, Value: "X", Key: manager.Sub("value").Key("X")},
		enterprise + `.manager pr`:                    {Op: filter.Pr, Ref: schema.Ref{URN: enterprise, Attr: manager}},
		`manager eq null`:                             {Op: filter.Eq, Ref: schema.Ref{URN: enterprise, Attr: manager}},
		enterprise + `.manager.value pr`:              {Op: filter.Pr, Ref: schema.Ref{URN: enterprise, Attr: manager, Sub: manager.Sub("value")}},
		`meta.created ge "2026-01-31T09:30:00+01:00"`: {Op: filter.Ge, Value: created},
	} {
		got := mustBind(t, in, user).Root().(filter.TermNode)
		if want.Ref.Attr == nil {
			want.Ref = got.Ref // common attributes cannot be had from outside
		}
		if got.Ref != want.Ref || got.Op != want.Op || got.Value != want.Value || got.Key != want.Key {
			t.Errorf("%s = %+v, want %+v", in, got, want)
		}
	}
}

// Pins R-FILTER-14.
func TestBindAny_UnknownAttributeHasNoValue(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	ada := scim.Object{"userName": "ada", "emails": []any{scim.Object{"value": "ada@example.com"}}}
	for in, want := range map[string]bool{
		`foo eq "x"`:             false,
		`not (foo eq "x")`:       true,
		`foo ne "x"`:             true,
		`foo pr`:                 false,
		`foo eq null`:            true,
		`foo ne null`:            false,
		`foo.bar gt 5`:           false,
		`urn:a:b:c co "x"`:       false,
		`foo[bar ne "x"]`:        false,
		`not (foo[bar ne "x"])`:  true,
		`emails[foo eq "x"]`:     false,
		`emails[foo ne "x"]`:     true,
		`userName eq "ADA"`:      true,
		`foo pr or userName pr`:  true,
		`foo pr and userName pr`: false,
	} {
		f, err := filter.BindAny(mustParse(t, in), user)
		if err != nil {
			t.Errorf("%s: %v", in, err)
		} else if got := f.Match(ada); got != want {
			t.Errorf("%s = %v, want %v", in, got, want)
		}
	}
	for _, in := range []string{`password eq "x"`, `active eq 5`, `title[value pr]`} {
		_, err := filter.BindAny(mustParse(t, in), user)
		checkError(t, err, scim.InvalidFilter, "")
	}
}

func TestBindElement(t *testing.T) {
	t.Parallel()
	user := loadFixtures(t).user
	resolve := func(path string) schema.Ref {
		ref, ok := user.ResolvePath(path)
		if !ok {
			t.Fatalf("%s does not resolve", path)
		}
		return ref
	}
	emails, tags := resolve("emails"), resolve(hrSchema+":tags")
	work := scim.Object{"type": "work", "value": "Ada@example.com", "primary": true}
	for _, c := range []struct {
		in     string
		parent schema.Ref
		value  any
		want   bool
	}{
		{`TYPE eq "WORK"`, emails, work, true},
		{`type eq "work" and value ew "@example.com"`, emails, work, true},
		{`primary eq "True"`, emails, work, true},
		{`display pr`, emails, work, false},
		{`display ne "x"`, emails, work, true},
		{`not (value pr)`, emails, scim.Object{}, true},
		{`value pr`, emails, "no object", false},
		{`value eq "ALPHA"`, tags, "alpha", true},
		{`value eq "beta"`, tags, "alpha", false},
		{`value pr`, tags, "", false},
		{`familyName eq "x"`, resolve("name"), scim.Object{"familyName": "X"}, true},
	} {
		f, err := filter.BindElement(mustParse(t, c.in), c.parent)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
		} else if got := f.MatchElement(c.value); got != c.want {
			t.Errorf("%s on %v = %v, want %v", c.in, c.value, got, c.want)
		}
	}
	for _, c := range []struct {
		in     string
		parent schema.Ref
	}{
		{`foo eq "x"`, emails},
		{`emails.type eq "x"`, emails},
		{`urn:a:type eq "x"`, emails},
		{`type eq "x"`, tags},
		{`value eq "x"`, resolve("title")},
		{`value eq "x"`, resolve("emails.type")},
		{`value eq "x"`, resolve("password")},
		{`emails[type pr]`, emails},
	} {
		_, err := filter.BindElement(mustParse(t, c.in), c.parent)
		checkError(t, err, scim.InvalidFilter, "")
	}
}

func TestFilter_EqParts(t *testing.T) {
	t.Parallel()
	emails, _ := schema.Core().TypeByName("User").ResolvePath("emails")
	for _, c := range []struct {
		in   string
		want map[string]any
	}{
		{`type eq "work"`, map[string]any{"type": "work"}},
		{`type eq "work" and primary eq "True"`, map[string]any{"type": "work", "primary": true}},
		{`type eq "work" and (primary eq true and display eq "W")`, map[string]any{"type": "work", "primary": true, "display": "W"}},
		{`type eq "work" and type eq "home"`, nil},
		{`type eq null`, nil},
		{`type ne "work"`, nil},
		{`type eq "work" and value pr`, nil},
		{`type eq "work" or primary eq true`, nil},
		{`not (type eq "work")`, nil},
	} {
		f, err := filter.BindElement(mustParse(t, c.in), emails)
		if err != nil {
			t.Fatalf("%s: %v", c.in, err)
		}
		parts, ok := f.EqParts()
		var got map[string]any
		if ok {
			got = make(map[string]any)
			for _, p := range parts {
				got[p.Ref.Sub.Name] = p.Value
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, diff)
		}
	}
}
