package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// words are few, so that random filters meet random resources; they fold, order and compare in
// different ways. Some are longer than what an index holds, and differ only behind that.
var words = []string{strings.Repeat("\U0001F600", 320), strings.Repeat("long ", 300) + "a", strings.Repeat("long ", 300) + "B", strings.Repeat("long ", 3000), "ada", "ADA", "Ada L", "bob", "b", "Ärger", "ärger", "STRASSE", "straße", "日本", "ｗｉｄｅ", "100%", "a_b", `q"\`, "zoë", "zoe\u0308", "\U0010ffff", "x"}

// population is one source full of random users and groups.
type population struct {
	source directory.SourceID
	ids    []directory.ResourceID
}

func (f *fixture) populate(slug string, seed int) *population {
	p := &population{source: f.source(slug)}
	word := rapid.SampledFrom(words)
	attributes := rapid.Custom(func(t *rapid.T) scim.Object {
		obj := scim.Object{}
		set := func(name string, v any) {
			if rapid.Bool().Draw(t, name) {
				obj[name] = v
			}
		}
		set("displayName", word.Draw(t, "displayName"))
		set("externalId", word.Draw(t, "externalId"))
		set("title", word.Draw(t, "title"))
		set("name", scim.Object{"familyName": word.Draw(t, "familyName")})
		set("active", rapid.Bool().Draw(t, "state"))
		var emails []any
		for i := range rapid.IntRange(0, 3).Draw(t, "emails") {
			e := scim.Object{"value": word.Draw(t, "value"), "type": rapid.SampledFrom([]string{"work", "home"}).Draw(t, "type")}
			if i == 1 && rapid.Bool().Draw(t, "primary") {
				e["primary"] = true
			}
			emails = append(emails, e)
		}
		if emails != nil {
			obj["emails"] = emails
		}
		return obj
	})
	moment := rapid.Map(rapid.IntRange(0, 4000), func(ms int) time.Time { return start.Add(time.Duration(ms) * 300 * time.Microsecond) })
	var groups []*directory.Record
	f.update(func(w directory.Writer) error {
		p.ids, groups = p.ids[:0], groups[:0]
		for i := range 70 {
			n := seed*1000 + i
			obj := attributes.Example(n)
			typ := f.userType()
			if obj["userName"] = fmt.Sprint(word.Example(n), i); i%3 == 0 {
				typ = f.groupType()
				obj = scim.Object{"displayName": word.Example(n)}
			}
			r := record(p.source, typ, f.nextID(), obj, moment.Example(n))
			r.Keys.NameUnique = typ.Name == directory.UserType
			r.Modified = r.Created.Add(time.Duration(moment.Example(n+1).UnixMicro()%5000) * time.Microsecond)
			if err := w.InsertResource(f.Context(), r); err != nil {
				return err
			}
			if p.ids = append(p.ids, r.ID); typ == f.groupType() {
				groups = append(groups, r)
			}
		}
		for i, g := range groups {
			members := rapid.SliceOfN(rapid.SampledFrom(p.ids), 0, 6).Example(seed*1000 + i)
			if _, err := w.AddMembers(f.Context(), p.source, g.ID, members, start); err != nil {
				return err
			}
		}
		for i, id := range p.ids {
			if i%11 == 5 {
				typ := directory.UserType
				if i%3 == 0 {
					typ = directory.GroupType
				}
				if err := w.BuryResource(f.Context(), p.source, typ, id, 2, at(5)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return p
}

// entry is a record as the evaluator sees it.
type entry struct {
	*directory.Record
	object scim.Object
}

// entries reads all resources of one type and state in creation order.
func (f *fixture) entries(p *population, t *schema.ResourceType, deleted bool) (all []entry) {
	f.view(func(r directory.Reader) error {
		all = nil
		q := &directory.ResourceQuery{Source: p.source, Type: t, Limit: 1000, Deleted: deleted}
		_, err := r.Query(f.Context(), q, func(rec *directory.Record) error {
			obj, err := whole(f.Context(), r, rec)
			all = append(all, entry{rec, obj})
			return err
		})
		return err
	})
	return all
}

func idsOf(all []entry) []directory.ResourceID {
	var ids []directory.ResourceID
	for _, e := range all {
		ids = append(ids, e.ID)
	}
	return ids
}

// filterText draws a filter that is valid for the type.
func filterText(t *rapid.T, p *population, user bool, depth int) string {
	if depth > 0 {
		switch rapid.IntRange(0, 5).Draw(t, "shape") {
		case 0:
			return "(" + filterText(t, p, user, depth-1) + ") and (" + filterText(t, p, user, depth-1) + ")"
		case 1:
			return "(" + filterText(t, p, user, depth-1) + ") or (" + filterText(t, p, user, depth-1) + ")"
		case 2:
			return "not (" + filterText(t, p, user, depth-1) + ")"
		}
	}
	quote := func(s string) string { return string(scim.AppendString(nil, s)) }
	text := func() string {
		s := rapid.SampledFrom(words).Draw(t, "word")
		if runes := []rune(s); rapid.Bool().Draw(t, "part") {
			s = string(runes[rapid.IntRange(0, len(runes)-1).Draw(t, "from"):])
		}
		return quote(s)
	}
	instant := func() string {
		micros := rapid.IntRange(-10, 1300_000).Draw(t, "µs")
		return quote(start.Add(time.Duration(micros) * time.Microsecond).Format("2006-01-02T15:04:05.999999Z"))
	}
	id := func() string { return quote(string(rapid.SampledFrom(p.ids).Draw(t, "id"))) }
	equality := rapid.SampledFrom([]string{"eq", "ne"})
	anyText := rapid.SampledFrom([]string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
	ordered := rapid.SampledFrom([]string{"eq", "ne", "gt", "ge", "lt", "le"})
	attr := rapid.SampledFrom([]string{
		"id", "externalId", "displayName", "displayName", "meta.created", "meta.lastModified", "meta.resourceType",
		"members.value", "members", "members.type", "members.display", "members[", "members[",
	})
	if user {
		attr = rapid.SampledFrom([]string{
			"id", "externalId", "userName", "userName", "displayName", "active", "title", "name.familyName",
			"emails.value", "emails.value", "emails", "emails.type", "emails[", "meta.created", "meta.lastModified", "groups.value", "groups.value", "groups.type", "groups.display",
		})
	}
	name := attr.Draw(t, "attribute")
	if name == "emails[" {
		inner := `value ` + anyText.Draw(t, "op") + " " + text()
		switch rapid.IntRange(0, 3).Draw(t, "inner") {
		case 0:
			inner += ` and type eq "work"`
		case 1:
			inner = `type eq "home" or ` + inner
		case 2:
			inner = `not (` + inner + `)`
		}
		return "emails[" + inner + "]"
	}
	if name == "members[" {
		value := "value " + ordered.Draw(t, "op") + " " + id()
		typ := `type ` + equality.Draw(t, "op") + ` "User"`
		return "members[" + rapid.SampledFrom([]string{
			value, typ, "value pr", value + " and " + typ, value + " or " + typ, "not (" + value + ")", value + ` and display co "a"`,
			"display pr or " + typ, "not (" + value + " and " + typ + ")", "value sw " + id() + " and type pr",
		}).Draw(t, "inner") + "]"
	}
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return name + " pr"
	case 1:
		if name != "emails" && name != "members" {
			return name + " " + equality.Draw(t, "op") + " null"
		}
	}
	switch name {
	case "active":
		return name + " " + equality.Draw(t, "op") + " " + rapid.SampledFrom([]string{"true", "false"}).Draw(t, "bool")
	case "meta.created", "meta.lastModified":
		return name + " " + ordered.Draw(t, "op") + " " + instant()
	case "meta.resourceType":
		return name + " " + equality.Draw(t, "op") + " " + rapid.SampledFrom([]string{`"User"`, `"Group"`, `"user"`}).Draw(t, "type")
	case "members.value", "groups.value", "id", "members":
		return name + " " + anyText.Draw(t, "op") + " " + id()
	case "members.type", "groups.type", "emails.type":
		return name + " " + equality.Draw(t, "op") + " " + rapid.SampledFrom([]string{`"User"`, `"Group"`, `"direct"`, `"work"`}).Draw(t, "type")
	}
	return name + " " + anyText.Draw(t, "op") + " " + text()
}

// testFilters compares the store's answer with the evaluator's on every resource.
func testFilters(f *fixture) {
	for seed, slug := range []string{"one", "two"} {
		p := f.populate(slug, seed)
		for _, user := range []bool{true, false} {
			typ := f.groupType()
			if user {
				typ = f.userType()
			}
			live, dead := f.entries(p, typ, false), f.entries(p, typ, true)
			rapid.Check(f.T, func(t *rapid.T) {
				text := filterText(t, p, user, 3)
				q := f.query(p.source, typ, text)
				q.Deleted = rapid.IntRange(0, 4).Draw(t, "deleted") == 0
				all := live
				if q.Deleted {
					all = dead
				}
				var want []entry
				for _, e := range all {
					if q.Filter.Match(e.object) {
						want = append(want, e)
					}
				}
				if err := f.checkPage(q, idsOf(want)); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				q.Offset, q.Limit = rapid.IntRange(0, 20).Draw(t, "offset"), rapid.IntRange(0, 10).Draw(t, "limit")
				q.NoTotal = rapid.Bool().Draw(t, "no total")
				if err := f.checkPage(q, idsOf(want)); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
			})
		}
	}
}

// testOrders compares the store's order with a sort in memory.
func testOrders(f *fixture) {
	p := f.populate("acme", 7)
	sortable := map[*schema.ResourceType][]string{
		f.userType(): {
			"userName", "displayName", "externalId", "meta.created", "meta.lastModified", "id", "title", "active",
			"name.familyName", "emails.value", "emails", "emails.type", "name",
		},
		f.groupType(): {"displayName", "externalId", "meta.lastModified"},
	}
	for typ, paths := range sortable {
		all := f.entries(p, typ, false)
		rapid.Check(f.T, func(t *rapid.T) {
			path := rapid.SampledFrom(paths).Draw(t, "by")
			ref, ok := typ.ResolvePath(path)
			if !ok {
				t.Fatalf("no attribute %s", path)
			}
			text := ""
			if rapid.Bool().Draw(t, "filtered") {
				text = filterText(t, p, typ == f.userType(), 1)
			}
			q := f.query(p.source, typ, text)
			q.Sort = directory.Sort{By: &ref, Descending: rapid.Bool().Draw(t, "descending")}
			var want []entry
			for _, e := range all {
				if q.Filter == nil || q.Filter.Match(e.object) {
					want = append(want, e)
				}
			}
			slices.SortStableFunc(want, func(a, b entry) int {
				c := sorted(ref, a).compare(sorted(ref, b))
				if q.Sort.Descending {
					return -c
				}
				return c
			})
			if err := f.checkPage(q, idsOf(want)); err != nil {
				t.Fatalf("%s by %s, descending %t: %v", text, path, q.Sort.Descending, err)
			}
			q.Offset, q.Limit = rapid.IntRange(0, 60).Draw(t, "offset"), rapid.IntRange(0, 20).Draw(t, "limit")
			if err := f.checkPage(q, idsOf(want)); err != nil {
				t.Fatalf("%s by %s, descending %t: %v", text, path, q.Sort.Descending, err)
			}
		})
	}
}

// sortText is the text by which an entry is sorted, if it has any.
type sortText struct {
	text string
	has  bool
}

func sorted(ref schema.Ref, e entry) sortText {
	switch ref.Path() {
	case "meta.created":
		return sortText{fmt.Sprintf("%020d", e.Created.UnixMicro()), true}
	case "meta.lastModified":
		return sortText{fmt.Sprintf("%020d", e.Modified.UnixMicro()), true}
	}
	v := e.object[ref.Attr.Name]
	leaf, sub := ref.Leaf(), ref.Sub
	if leaf.Type == schema.Complex {
		if sub = leaf.Sub("value"); sub == nil {
			return sortText{}
		}
		leaf = sub
	}
	if list, ok := v.([]any); ok {
		v = list[0]
		for _, element := range list {
			if element.(scim.Object)["primary"] == true {
				v = element
				break
			}
		}
	}
	if sub != nil {
		obj, _ := v.(scim.Object)
		v = obj[sub.Name]
	}
	switch v := v.(type) {
	case string:
		return sortText{leaf.Key(v), true}
	case bool:
		return sortText{fmt.Sprint(v), true}
	}
	return sortText{}
}

// compare puts what has no text last.
func (s sortText) compare(o sortText) int {
	if s.has != o.has {
		if s.has {
			return -1
		}
		return 1
	}
	return strings.Compare(s.text, o.text)
}

// testLargestFilters runs filters with as many comparisons and as deep as any that is accepted.
func testLargestFilters(f *fixture) {
	p := f.populate("acme", 3)
	typ := f.userType()
	all := f.entries(p, typ, false)
	nest := func(n int, term, operator string) string {
		text := strings.Repeat("not (", 15)
		for i := range n {
			if i > 0 {
				text += " " + operator + " "
			}
			text += fmt.Sprintf(term, i)
		}
		return text + strings.Repeat(")", 15)
	}
	for _, text := range []string{
		nest(200, `userName eq "ada%d"`, "or"), nest(200, `id ne "%d"`, "and"), nest(200, `externalId co "%d"`, "or"),
		nest(200, `emails.value eq "%d"`, "or"), nest(200, `title ne "%d"`, "and"), nest(100, `emails[value eq "%d" and type eq "work"]`, "or"),
		nest(200, `groups.value eq "%d"`, "or"), nest(100, `active eq false or displayName sw "%d"`, "or"),
		strings.Repeat("(", 30) + `userName sw "a"` + strings.Repeat(` or externalId eq "x") and (title pr or active eq true)`, 30),
	} {
		q := f.query(p.source, typ, text)
		var want []entry
		for _, e := range all {
			if q.Filter.Match(e.object) {
				want = append(want, e)
			}
		}
		f.wantPage(fmt.Sprintf("%.60s…", text), q, idsOf(want))
	}
}
