package provision_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/provision"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// watched is a store that counts pages of members, and the reads of whole lists.
type watched struct {
	directory.Store
	pages, whole atomic.Int64
}

func (w *watched) In(directory.SourceID) directory.Store { return w }

func (w *watched) View(ctx context.Context, fn func(directory.Reader) error) error {
	return w.Store.View(ctx, func(r directory.Reader) error { return fn(watchedReader{r, w}) })
}

func (w *watched) Peek(ctx context.Context, fn func(directory.Reader) error) error {
	return w.View(ctx, fn)
}

type watchedReader struct {
	directory.Reader
	w *watched
}

func (r watchedReader) Members(ctx context.Context, source directory.SourceID, group, after directory.ResourceID, limit int, emit func(directory.Member) error) error {
	if r.w.pages.Add(1); limit == 0 || limit > 1000 {
		r.w.whole.Add(1)
	}
	return r.Reader.Members(ctx, source, group, after, limit, emit)
}

func TestLargeGroup_IsStreamedAndReadOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const many = 2500
	var ids []string
	src, err := f.srcs.Lookup(t.Context(), f.slug)
	if err != nil {
		t.Fatal(err)
	}
	user := schema.Core().TypeByName("User")
	for i := range many {
		res, err := f.ress.Create(t.Context(), &directory.Scope{Source: src.ID}, user, scim.Object{"userName": fmt.Sprint("u", i), "displayName": fmt.Sprint("U", i)})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, `{"value":"`+string(res.ID)+`"}`)
	}
	g := f.create("/Groups", `{"displayName":"everyone","members":[`+strings.Join(ids, ",")+`]}`)
	first := strings.Split(ids[0], `"`)[3]
	for _, c := range []struct {
		path    string
		members int    // in the answer
		has     string // sub-attributes of each
		pages   int64
	}{
		{"/Groups/" + g, many, "$ref type value", 3},
		{"/Groups/" + g + "?attributes=members", many, "$ref display type value", 3},
		{"/Groups/" + g + "?attributes=members.value", many, "value", 3},
		{"/Groups/" + g + "?excludedAttributes=members.$ref,displayName", many, "type value", 3},
		{"/Groups?excludedAttributes=displayName", many, "$ref type value", 3},
		{"/Groups?filter=members%5Bvalue+eq+%22" + first + "%22+and+type+eq+%22User%22%5D&attributes=displayName", 0, "", 0},
		{"/Groups?filter=members.value+eq+%22" + first + "%22&excludedAttributes=members", 0, "", 0},
		{"/Groups/" + g + "?excludedAttributes=members", 0, "", 0},
		{"/Groups/" + g + "?excludedAttributes=members,meta", 0, "", 0},
		{"/Groups/" + g + "?attributes=displayName", 0, "", 0},
	} {
		f.reads.pages.Store(0)
		obj := f.want(200, "GET", c.path, "").object(t)
		if list, ok := obj["Resources"].([]any); ok {
			if len(list) != 1 {
				t.Errorf("%s: %d groups", c.path, len(list))
				continue
			}
			obj = list[0].(map[string]any)
		}
		members, _ := obj["members"].([]any)
		if len(members) != c.members || obj["id"] != g {
			t.Errorf("%s: %d members of %v", c.path, len(members), obj["id"])
		}
		for _, m := range members {
			if has := strings.Join(slices.Sorted(maps.Keys(m.(map[string]any))), " "); has != c.has {
				t.Errorf("%s: a member has %s", c.path, has)
				break
			}
		}
		if pages := f.reads.pages.Load(); pages != c.pages {
			t.Errorf("%s read %d pages of members", c.path, pages)
		}
	}
	if n := f.reads.whole.Load(); n != 0 {
		t.Errorf("the whole list was read %d times", n)
	}
}

func TestSearch_ByCursorDoesNotCountWhatItFilters(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 7 {
		f.create("/Users", fmt.Sprintf(`{"userName":"u%d","title":"T%d"}`, i, i%2))
	}
	var names []string
	cursor := ""
	for range 10 {
		page := f.want(200, "GET", `/Users?count=2&filter=title+eq+"t0"&cursor=`+cursor, "").object(t)
		if total := page["totalResults"]; total != nil {
			t.Errorf("total %v", total)
		}
		for _, u := range page["Resources"].([]any) {
			names = append(names, u.(map[string]any)["userName"].(string))
		}
		if cursor, _ = page["nextCursor"].(string); cursor == "" {
			break
		}
	}
	if got := strings.Join(names, " "); got != "u0 u2 u4 u6" {
		t.Errorf("found %s", got)
	}
}

func TestSearch_IsGivenUpAfterItsTime(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *provision.Config) { c.Capacity = provision.Capacity{Search: 1} })
	a := f.want(400, "GET", `/Users?filter=title+co+"x"`, "").object(t)
	if detail := fmt.Sprint(a["detail"]); a["scimType"] != "tooMany" || !strings.Contains(detail, "userName") || !strings.Contains(detail, "1ns") {
		t.Errorf("%v", a)
	}
	if r := f.records(journal.Query{})[0]; r.Rule != "filter.slow" {
		t.Errorf("rule %q", r.Rule)
	}
	f.create("/Users", `{"userName":"ada"}`) // writes do not search
}
