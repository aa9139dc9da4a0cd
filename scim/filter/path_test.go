package filter_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

const enterprise = scim.EnterpriseUserSchema

func TestParsePath_Forms(t *testing.T) {
	t.Parallel()
	work := eq("type", "work")
	for _, c := range []struct {
		in   string
		want filter.Path
	}{
		{"userName", filter.Path{AttrPath: attr("userName")}},
		{" userName ", filter.Path{AttrPath: attr("userName")}},
		{"name.givenName", filter.Path{AttrPath: filter.AttrPath{Name: "name", Sub: "givenName"}}},
		{"members.$ref", filter.Path{AttrPath: filter.AttrPath{Name: "members", Sub: "$ref"}}},
		{`emails[type eq "work"]`, filter.Path{AttrPath: attr("emails"), Filter: work}},
		{`emails[type eq"work"]`, filter.Path{AttrPath: attr("emails"), Filter: work}},
		{`emails[type eq "work"].value`, filter.Path{AttrPath: filter.AttrPath{Name: "emails", Sub: "value"}, Filter: work}},
		{`emails[ type eq "work" ] .value`, filter.Path{AttrPath: filter.AttrPath{Name: "emails", Sub: "value"}, Filter: work}},
		{scim.UserSchema + `:emails[type eq "work"].value`, filter.Path{AttrPath: filter.AttrPath{URN: scim.UserSchema, Name: "emails", Sub: "value"}, Filter: work}},
		{enterprise + ":manager.value", filter.Path{AttrPath: filter.AttrPath{URN: enterprise, Name: "manager", Sub: "value"}}},
		// A URN joined with a dot: one dot leaves two readings, more leave one.
		{enterprise + ".manager", filter.Path{AttrPath: filter.AttrPath{URN: strings.TrimSuffix(enterprise, ":User"), Name: "User", Sub: "manager"}}},
		{enterprise + ".manager.value", filter.Path{AttrPath: filter.AttrPath{URN: enterprise, Name: "manager", Sub: "value"}}},
		{scim.UserSchema + `.emails[type eq "work"]`, filter.Path{AttrPath: filter.AttrPath{URN: scim.UserSchema, Name: "emails"}, Filter: work}},
		// A whole extension.
		{enterprise, filter.Path{AttrPath: filter.AttrPath{URN: strings.TrimSuffix(enterprise, ":User"), Name: "User"}}},
		{"urn:acme:2.0", filter.Path{AttrPath: filter.AttrPath{URN: "urn:acme:2.0"}}},
		{"urn:acme:ext.v2", filter.Path{AttrPath: filter.AttrPath{URN: "urn:acme", Name: "ext", Sub: "v2"}}},
	} {
		got, err := filter.ParsePath(c.in, filter.Limits{})
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, diff)
		}
		again, err := filter.ParsePath(got.String(), filter.Limits{})
		if err != nil || !cmp.Equal(got, again) {
			t.Errorf("%s prints as %s, which parses as %v, %v", c.in, got, again, err)
		}
	}
}

// The text of a path without filter goes to the schema, which knows where a URN ends.
func TestParsePath_TextResolves(t *testing.T) {
	t.Parallel()
	user := schema.Core().TypeByName("User")
	for _, in := range []string{enterprise + ":manager", enterprise + ".manager", enterprise + ".manager.value",
		enterprise + ":manager.value", scim.UserSchema + ":name.givenName", "NAME.givenname"} {
		p, err := filter.ParsePath(in, filter.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := user.ResolvePath(p.AttrPath.String()); !ok {
			t.Errorf("%s: %s does not resolve", in, p)
		}
	}
	p, err := filter.ParsePath(enterprise, filter.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if user.Extension(p.AttrPath.String()) == nil {
		t.Errorf("%s names no extension", p)
	}
}

func TestParsePath_Errors(t *testing.T) {
	t.Parallel()
	const name = ` A name is a letter followed by letters, digits, "-" or "_".`
	for _, c := range []struct {
		in    string
		class scim.ErrorType
		want  string
	}{
		{"", scim.InvalidPath, `Column 1: the path is empty. Name an attribute, or leave out "path".`},
		{"  ", scim.InvalidPath, `Column 3: the path is empty. Name an attribute, or leave out "path".`},
		{"name.", scim.InvalidPath, `Column 6: expected a sub-attribute name after the dot of "name.".`},
		{"1abc", scim.InvalidPath, `Column 1: expected an attribute name, found "1abc".` + name},
		{"!!!", scim.InvalidPath, `Column 1: expected an attribute name, found "!!!".` + name},
		{"/userName", scim.InvalidPath, `Column 1: expected an attribute name, found "/userName".` + name},
		{"a/b", scim.InvalidPath, `Column 2: expected an attribute name, found "a/b".` + name},
		{"[x]", scim.InvalidPath, `Column 1: expected an attribute name, found "[".`},
		{`"userName"`, scim.InvalidPath, `Column 1: expected an attribute name, found the string "userName".`},
		{"user name", scim.InvalidPath, `Column 6: expected the end of the path, found "name".`},
		{"name.givenName.x", scim.InvalidPath, `Column 15: "name.givenName.x" has more than one sub-attribute. Write attribute.subAttribute.`},
		{"urn:a:b.c.d.e", scim.InvalidPath, `Column 10: "urn:a:b.c.d.e" has more than one sub-attribute. Write attribute.subAttribute.`},
		{"emails[0]", scim.InvalidPath, `Column 8: SCIM paths have no array index. Select values with a filter, such as emails[type eq "work"].`},
		{"emails[0].value", scim.InvalidPath, `Column 8: SCIM paths have no array index. Select values with a filter, such as emails[type eq "work"].`},
		{`emails.value[type eq "work"]`, scim.InvalidPath, `Column 13: a filter in brackets follows an attribute, not its sub-attribute "value".`},
		{`emails[type eq "work"].`, scim.InvalidPath, `Column 24: expected one sub-attribute name after "].", found ".".`},
		{`emails[type eq "work"].value.x`, scim.InvalidPath, `Column 29: expected one sub-attribute name after "].", found ".value.x".`},
		{`emails[type eq "work"]value`, scim.InvalidPath, `Column 23: expected the end of the path, found "value".`},
		{`emails[type eq "work"][a pr]`, scim.InvalidPath, `Column 23: expected the end of the path, found "[".`},
		{`emails]`, scim.InvalidPath, `Column 7: expected the end of the path, found "]".`},
		{`urn:acme:2.0[a pr]`, scim.InvalidPath, `Column 10: expected an attribute name, found "urn:acme:2.0".` + name},
		{"urn:", scim.InvalidPath, `Column 5: expected an attribute name, found "urn:".` + name},
		{"x\xff", scim.InvalidPath, `Column 2: the path is not valid UTF-8.`},
		{strings.Repeat("x", 8193), scim.InvalidPath, `The path is longer than 8192 bytes. Split the request into several.`},
		{"emails[]", scim.InvalidPath, `Column 8: expected a filter between the brackets of emails.`},
		{"emails[type eq]", scim.InvalidPath, `Column 15: expected a value after eq, found "]". Use a string in double quotes, a number, true, false or null.`},
		{"emails[abc]", scim.InvalidPath, `Column 11: expected an operator after "abc", found "]". Use eq, ne, co, sw, ew, pr, gt, ge, lt or le.`},
		{`emails[type eq "work"`, scim.InvalidPath, `Column 22: expected and, or, or "]", found the end.`},
		{`emails[a[b pr]]`, scim.InvalidPath, `Column 9: a filter in brackets cannot contain another one. Compare a sub-attribute, such as type eq "work".`},
		{"emails[" + strings.Repeat("(", 40), scim.InvalidPath, `Column 39: parentheses are nested deeper than 32 levels. Simplify the filter.`},
	} {
		p, err := filter.ParsePath(c.in, filter.Limits{})
		if err == nil {
			t.Errorf("%s: parsed as %s, want an error", c.in, p)
			continue
		}
		t.Run(c.in, func(t *testing.T) { checkError(t, err, c.class, c.want) })
	}
}
