package filter_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
)

func attr(name string) filter.AttrPath { return filter.AttrPath{Name: name} }

func eq(name string, v any) filter.Compare {
	return filter.Compare{Path: attr(name), Op: filter.Eq, Value: v}
}

func TestParse_Forms(t *testing.T) {
	t.Parallel()
	pr := filter.Compare{Path: attr("title"), Op: filter.Pr}
	for _, c := range []struct {
		in   string
		want filter.Expr
	}{
		{`userName eq "x"`, eq("userName", "x")},
		{"\t userName\r\n  eq \"x\"  ", eq("userName", "x")},
		{`userName EQ"x"`, eq("userName", "x")},
		{`a eq TRUE`, eq("a", true)},
		{`a eq False`, eq("a", false)},
		{`a eq NULL`, eq("a", nil)},
		{`a eq -0.5E+3`, eq("a", scim.Number("-0.5E+3"))},
		{`a eq ""`, eq("a", "")},
		{`a eq "\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00é"`, eq("a", "\"\\/\b\f\n\r\té😀é")},
		{`a eq "\\u0022"`, eq("a", `\u0022`)},
		{`a eq "x\u0022 or title pr"`, eq("a", `x" or title pr`)},
		{`META.resourcetype eq User`, filter.Compare{Path: filter.AttrPath{Name: "META", Sub: "resourcetype"}, Op: filter.Eq, Value: "User"}},
		{`title pr`, pr},
		{`not (title pr)`, filter.Not{Expr: pr}},
		{`NOT(title pr)`, filter.Not{Expr: pr}},
		{`not pr`, filter.Compare{Path: attr("not"), Op: filter.Pr}},
		{`and pr and or pr`, filter.And{Terms: []filter.Expr{
			filter.Compare{Path: attr("and"), Op: filter.Pr}, filter.Compare{Path: attr("or"), Op: filter.Pr}}}},
		{`a eq 1 or b eq 2 and c eq 3`, filter.Or{Terms: []filter.Expr{
			eq("a", scim.Number("1")),
			filter.And{Terms: []filter.Expr{eq("b", scim.Number("2")), eq("c", scim.Number("3"))}}}}},
		{`(a eq 1 or b eq 2) and c eq 3`, filter.And{Terms: []filter.Expr{
			filter.Or{Terms: []filter.Expr{eq("a", scim.Number("1")), eq("b", scim.Number("2"))}}, eq("c", scim.Number("3"))}}},
		{`((title pr))`, pr},
		{`emails[type eq "work"]`, filter.Element{Path: attr("emails"), Filter: eq("type", "work")}},
		{`emails [ type eq "work" ] `, filter.Element{Path: attr("emails"), Filter: eq("type", "work")}},
		{`emails[type eq "work"].value eq "x"`, filter.Element{Path: attr("emails"), Filter: filter.And{Terms: []filter.Expr{eq("type", "work"), eq("value", "x")}}}},
		{`emails[a eq 1 and b eq 2].value pr`, filter.Element{Path: attr("emails"), Filter: filter.And{Terms: []filter.Expr{
			eq("a", scim.Number("1")), eq("b", scim.Number("2")), filter.Compare{Path: attr("value"), Op: filter.Pr}}}}},
		{`urn:ietf:params:scim:schemas:core:2.0:User:name.givenName eq "x"`, filter.Compare{
			Path: filter.AttrPath{URN: scim.UserSchema, Name: "name", Sub: "givenName"}, Op: filter.Eq, Value: "x"}},
		{`$ref eq "x"`, eq("$ref", "x")},
	} {
		got, err := filter.Parse(c.in, filter.Limits{})
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, diff)
		}
		again, err := filter.Parse(got.String(), filter.Limits{})
		if err != nil || !cmp.Equal(got, again) {
			t.Errorf("%s prints as %s, which parses as %v, %v", c.in, got, again, err)
		}
	}
}

func TestParse_Errors(t *testing.T) {
	t.Parallel()
	const operators = "Use eq, ne, co, sw, ew, pr, gt, ge, lt or le."
	const literals = "Put a string in double quotes; numbers, true, false and null stand without."
	for in, want := range map[string]string{
		"":                                `The filter is empty. Write a comparison such as userName eq "jane", or leave out the filter.`,
		" \t":                             `The filter is empty. Write a comparison such as userName eq "jane", or leave out the filter.`,
		`displayName  cx "a"`:             `Column 14: unknown operator "cx". ` + operators,
		`userName = "bjensen"`:            `Column 10: unknown operator "=". ` + operators,
		`user name eq "a"`:                `Column 6: unknown operator "name". ` + operators,
		`userName`:                        `Column 9: expected an operator after "userName", found the end. ` + operators,
		`eq "x"`:                          `Column 4: expected an operator after "eq", found the string "x". ` + operators,
		`userName eq`:                     `Column 12: expected a value after eq, found the end. Use a string in double quotes, a number, true, false or null.`,
		`userName eq ["a"]`:               `Column 13: expected a value after eq, found "[". Use a string in double quotes, a number, true, false or null.`,
		`userName eq 'a'`:                 `Column 13: "'a'" is not a value. ` + literals,
		`userName eq displayName`:         `Column 13: "displayName" is not a value. ` + literals,
		`externalId eq 0a1b`:              `Column 15: "0a1b" is not a value. ` + literals,
		`age eq +34`:                      `Column 8: "+34" is not a value. ` + literals,
		`age eq 034`:                      `Column 8: "034" is not a value. ` + literals,
		`age eq 1.`:                       `Column 8: "1." is not a value. ` + literals,
		`age eq NaN`:                      `Column 8: "NaN" is not a value. ` + literals,
		`urn:x:meta.resourceType eq U`:    `Column 28: "U" is not a value. ` + literals,
		`title gt null`:                   `Column 10: gt cannot compare with null. Use eq or ne.`,
		`active co true`:                  `Column 11: co cannot compare with true or false. Use eq or ne.`,
		`age sw 3`:                        `Column 8: sw cannot compare with the number 3. Use eq or ne.`,
		`userName pr "x"`:                 `Column 13: expected and, or, or the end of the filter, found the string "x".`,
		`a eq "a" b eq "b"`:               `Column 10: expected and, or, or the end of the filter, found "b".`,
		`a eq "é" xor b pr`:               `Column 10: expected and, or, or the end of the filter, found "xor".`,
		`a eq "a","b"`:                    `Column 9: expected and, or, or the end of the filter, found ",".`,
		`a pr)`:                           `Column 5: expected and, or, or the end of the filter, found ")".`,
		`(a pr`:                           `Column 6: expected and, or, or ")", found the end.`,
		`(a pr]`:                          `Column 6: expected and, or, or ")", found "]".`,
		`(title pr) eq "x"`:               `Column 12: expected and, or, or the end of the filter, found "eq".`,
		`emails[type eq "work"`:           `Column 22: expected and, or, or "]", found the end.`,
		`emails[]`:                        `Column 8: expected a filter between the brackets of emails.`,
		`emails[value[x eq "1"]]`:         `Column 13: a filter in brackets cannot contain another one. Compare a sub-attribute, such as type eq "work".`,
		`emails[a pr]. eq "x"`:            `Column 14: expected one sub-attribute name after "].", found ".".`,
		`emails[a pr].b.c eq "x"`:         `Column 15: expected one sub-attribute name after "].", found ".b.c".`,
		`emails[a pr].b`:                  `Column 15: expected an operator after "b", found the end. ` + operators,
		`emails.value[type eq "work"]`:    `Column 13: a filter in brackets follows an attribute, not its sub-attribute "value".`,
		`[type eq "work"]`:                `Column 1: expected an attribute name, not or "(", found "[".`,
		`not title pr`:                    `Column 5: expected "(" after not, found "title". Write not (…).`,
		`not`:                             `Column 4: expected "(" after not, found the end. Write not (…).`,
		`not()`:                           `Column 5: expected an attribute name, not or "(", found ")".`,
		`a pr and`:                        `Column 9: expected an attribute name, not or "(", found the end.`,
		`a pr or or b pr`:                 `Column 12: unknown operator "b". ` + operators,
		`userName. eq "a"`:                `Column 10: expected a sub-attribute name after the dot of "userName.".`,
		`name..givenName eq "a"`:          `Column 6: expected a sub-attribute name after the dot of "name..givenName".`,
		`name.givenName.x eq "a"`:         `Column 15: "name.givenName.x" has more than one sub-attribute. Write attribute.subAttribute.`,
		`1userName eq "a"`:                `Column 1: expected an attribute name, found "1userName". A name is a letter followed by letters, digits, "-" or "_".`,
		`uſerName eq "a"`:                 `Column 2: expected an attribute name, found "uſerName". A name is a letter followed by letters, digits, "-" or "_".`,
		`:userName eq "a"`:                `Column 1: expected an attribute name, found ":userName".`,
		`urn:acme:2.0 eq "a"`:             `Column 10: expected an attribute name, found "urn:acme:2.0". A name is a letter followed by letters, digits, "-" or "_".`,
		`a eq "bjensen`:                   `Column 6: the string that starts here has no closing quotation mark.`,
		`a eq "x\`:                        `Column 8: this backslash starts no JSON escape. Write a literal backslash as \\.`,
		`a eq "é\u12"`:                    `Column 8: this backslash starts no JSON escape. Write a literal backslash as \\.`,
		`a eq "\ud800"`:                   `Column 7: this backslash starts no JSON escape. Write a literal backslash as \\.`,
		`a eq "\udc00"`:                   `Column 7: this backslash starts no JSON escape. Write a literal backslash as \\.`,
		`a eq "\ud800\u0041"`:             `Column 7: this backslash starts no JSON escape. Write a literal backslash as \\.`,
		`a eq "\'"`:                       `Column 7: this backslash starts no JSON escape. Write a literal backslash as \\.`,
		`a eq "x\u0000"`:                  `Column 8: U+0000 cannot be part of a value.`,
		"a eq \"x\ty\"":                   `Column 8: control character U+0009 in a string. Write it as the escape \u0009.`,
		"a eq \"é\xff\"":                  `Column 8: the filter is not valid UTF-8.`,
		`a eq {"$ne":null}`:               `Column 6: "{" is not a value. ` + literals,
		`userName eq 'a' or 1=1`:          `Column 13: "'a'" is not a value. ` + literals,
		`userName) or (1 eq 1`:            `Column 9: expected an operator after "userName", found ")". ` + operators,
		`emails[type eq "a" or 1=1]`:      `Column 23: expected an attribute name, found "1=1". A name is a letter followed by letters, digits, "-" or "_".`,
		strings.Repeat("x", 70) + ` zz 1`: `Column 72: unknown operator "zz". ` + operators,
	} {
		e, err := filter.Parse(in, filter.Limits{})
		if err == nil {
			t.Errorf("%s: parsed as %s, want an error", in, e)
			continue
		}
		t.Run(in, func(t *testing.T) { checkError(t, err, scim.InvalidFilter, want) })
	}
}

// Pins R-FILTER-26.
func TestParse_Limits(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat("(", n) + "a pr" + strings.Repeat(")", n) }
	terms := func(n int) string { return strings.Repeat("a pr or ", n-1) + "a pr" }
	for _, ok := range []string{nested(32), terms(200), `a eq "` + strings.Repeat("x", 8<<10-7) + `"`,
		strings.Repeat("(", 31) + "a[b pr]" + strings.Repeat(")", 31),
		strings.Repeat("(a pr) and b[c pr] or ", 50) + "a pr"} {
		if _, err := filter.Parse(ok, filter.Limits{}); err != nil {
			t.Errorf("%.20s… of %d bytes: %v", ok, len(ok), err)
		}
	}
	for _, c := range []struct{ in, want string }{
		{nested(33), "Column 33: parentheses are nested deeper than 32 levels. Simplify the filter."},
		{strings.Repeat("not (", 33) + "a pr", "Column 165: parentheses are nested deeper than 32 levels. Simplify the filter."},
		{strings.Repeat("(", 32) + "a[b pr]", "Column 34: parentheses are nested deeper than 32 levels. Simplify the filter."},
		{terms(201), "Column 1603: more than 200 comparisons. Split the query into several."},
		{`a eq "` + strings.Repeat("x", 8<<10-6) + `"`, "The filter is longer than 8192 bytes. Split the request into several."},
	} {
		_, err := filter.Parse(c.in, filter.Limits{})
		checkError(t, err, scim.InvalidFilter, c.want)
	}
	_, err := filter.Parse(nested(3), filter.Limits{Depth: 2})
	checkError(t, err, scim.InvalidFilter, "Column 3: parentheses are nested deeper than 2 levels. Simplify the filter.")
	_, err = filter.Parse(terms(3), filter.Limits{Terms: 2})
	checkError(t, err, scim.InvalidFilter, "Column 19: more than 2 comparisons. Split the query into several.")
}

// A parser that recurses for every parenthesis ends the whole process on such input.
func TestParse_HostileDepthIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"(", "not (", "not(", "a[", "((a pr) and "} {
		hostile := strings.Repeat(unit, 1<<20/len(unit))
		for _, lim := range []filter.Limits{{}, {Bytes: 1 << 30}} {
			_, err := filter.Parse(hostile, lim)
			checkError(t, err, scim.InvalidFilter, "")
		}
	}
}
