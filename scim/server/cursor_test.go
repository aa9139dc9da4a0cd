package server

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/scim"
	"pgregory.net/rapid"
)

func TestCursor_WalksEverythingOnce(t *testing.T) {
	t.Parallel()
	req(t, "R-CUR-01", "R-CUR-02", "R-CUR-04", "R-CUR-10", "R-SORT-07")
	unreserved := regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
	for _, order := range []string{"", "&sortBy=title", "&sortBy=title&sortOrder=descending", "&sortBy=meta.created"} {
		h := newHarness(t)
		var ids []string
		for i := range 10 {
			ids = append(ids, h.user(fmt.Sprintf("u%d", i), fmt.Sprintf(`"title":"%d"`, i/4)).id())
		}
		seen := make(map[string]int)
		cursor, pages := "", 0
		for {
			a := h.do("GET", "/Users?count=3&cursor="+cursor+order, "").want(200).wantAt("startIndex", nil)
			for _, r := range a.list("Resources") {
				seen[r.(scim.Object)["id"].(string)]++
			}
			pages++
			next, ok := a.doc["nextCursor"].(string)
			if !ok {
				break
			}
			if !unreserved.MatchString(next) {
				t.Fatalf("nextCursor %q", next)
			}
			cursor = next
			// Neither a resource deleted on a page that was read nor a new one disturbs the others.
			if pages == 1 {
				h.do("DELETE", "/Users/"+a.list("Resources")[2].(scim.Object)["id"].(string), "").want(204)
			}
		}
		for _, id := range ids {
			if seen[id] != 1 {
				t.Errorf("%q: %s came %d times", order, id, seen[id])
			}
		}
		if pages != 4 {
			t.Errorf("%q: %d pages", order, pages)
		}
	}
}

func TestCursor_IsBoundToItsQuery(t *testing.T) {
	t.Parallel()
	req(t, "R-CUR-03", "R-CUR-05", "R-CUR-06", "R-CUR-08", "R-CUR-09")
	c := &clock{now: time.Unix(1e9, 0)}
	base := testBase
	h := newHarness(t, func(cfg *Config) { cfg.Now = c.Now; cfg.BaseURL = func(*http.Request) string { return base } })
	for i := range 5 {
		h.user(fmt.Sprintf("u%d", i))
	}
	a := h.do("GET", "/Users?count=2&cursor", "").want(200).wantAt("totalResults", 5)
	cursor, _ := a.doc["nextCursor"].(string)
	h.do("GET", "/Users?count=2&unknown=1&cursor="+cursor, "").want(200).wantAt("itemsPerPage", 2)
	first := ""
	for _, query := range []string{
		"/Users?count=2&filter=userName+pr&cursor=" + cursor,
		"/Users?count=2&sortBy=userName&cursor=" + cursor,
		"/Users?count=2&sortOrder=descending&cursor=" + cursor,
		"/Users?count=2&attributes=userName&cursor=" + cursor,
		"/Groups?count=2&cursor=" + cursor,
		"/?count=2&cursor=" + cursor,
		"/Users?count=2&cursor=" + cursor[:len(cursor)-1],
		"/Users?count=2&cursor=x" + cursor[1:],
		"/Users?count=2&cursor=" + strings.Repeat("A", 200),
	} {
		a := h.do("GET", query, "").wantError(400, scim.InvalidCursor)
		detail := a.doc["detail"].(string)
		if first == "" {
			first = detail
		}
		if detail != first {
			t.Errorf("%s: the detail tells one kind of invalid cursor from another: %s", query, detail)
		}
	}
	h.do("GET", "/Users?count=3&cursor="+cursor, "").wantError(400, scim.InvalidCount)
	h.do("GET", "/Users?startIndex=1&count=2&cursor="+cursor, "").wantError(400, scim.InvalidCursor)

	base = "https://other.example/scim/v2"
	h.do("GET", "/Users?count=2&cursor="+cursor, "").wantError(400, scim.InvalidCursor)
	base = testBase
	c.advance(time.Hour + time.Second)
	h.do("GET", "/Users?count=2&cursor="+cursor, "").wantError(400, scim.ExpiredCursor)
}

func TestCursor_CountZero(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.user("ada")
	h.do("GET", "/Users?count=0&cursor=", "").want(200).wantAt("totalResults", 1).wantAt("nextCursor", nil).wantAt("itemsPerPage", 0)
}

func TestCursorSigner_OpensOnlyWhatItSealed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := cursorSigner{key: []byte("0123456789abcdef"), lifetime: time.Hour, now: func() time.Time { return time.Unix(1e9, 0) }}
		text := rapid.String()
		position, scope, count := text.Draw(t, "position"), rapid.SliceOf(text).Draw(t, "scope"), rapid.IntRange(0, 1000).Draw(t, "count")
		cursor := s.seal(position, count, scope)
		if url.QueryEscape(cursor) != cursor {
			t.Fatalf("%q needs escaping", cursor)
		}
		got, err := s.open(cursor, count, scope)
		if err != nil || got != position {
			t.Fatalf("open = %q, %v", got, err)
		}
		if _, err := s.open(cursor, count, append(scope, "")); err == nil {
			t.Fatal("opened in another scope")
		}
		i := rapid.IntRange(0, len(cursor)-1).Draw(t, "i")
		if _, err := s.open(cursor[:i]+"\n"+cursor[i:], count, scope); err == nil {
			t.Fatal("opened a cursor with a line break")
		}
		forged := []byte(cursor)
		forged[i] = rapid.SampledFrom([]byte("ABCdef012-_")).Draw(t, "c")
		if _, err := s.open(string(forged), count, scope); err == nil && string(forged) != cursor {
			t.Fatal("opened a forged cursor")
		}
	})
}
