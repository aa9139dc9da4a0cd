package acceptance

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

func TestCreator_TakesA409ForAnAnswerOnlyWhenItWasLeftOpen(t *testing.T) {
	t.Parallel()
	const open, closed = `{"detail":"so the change may have been made"}`, `{"detail":"nothing was changed"}`
	type answer struct {
		status int
		retry  string
		body   string
	}
	for name, c := range map[string]struct {
		answers []answer
		made    bool
		wrong   bool
	}{
		"made":                        {[]answer{{201, "", "{}"}}, true, false},
		"refused, then made":          {[]answer{{503, "1", closed}, {503, "1", closed}, {201, "", "{}"}}, true, false},
		"made although it was open":   {[]answer{{503, "1", open}, {503, "1", closed}, {409, "", "{}"}}, true, false},
		"made although it was denied": {[]answer{{503, "1", closed}, {409, "", "{}"}}, false, true},
		"there from the beginning":    {[]answer{{409, "", "{}"}}, false, true},
		"no word of when to repeat":   {[]answer{{503, "", open}}, false, true},
		"an error":                    {[]answer{{500, "1", open}}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			n := 0
			f := newFake(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
				a := c.answers[min(n, len(c.answers)-1)]
				if n++; n == len(c.answers) {
					stop()
				}
				if a.retry != "" {
					w.Header().Set("Retry-After", a.retry)
				}
				reply(w, a.status, a.body)
			})
			creator := NewCreator(1, Source{Slug: "s", Token: "t"})
			err := creator.Create(ctx, f.client)
			if (err != nil) != c.wrong || creator.Made["c01-000001"] != c.made || len(f.requests()) != len(c.answers) {
				t.Errorf("made %v: %v\n%s", creator.Made, err, strings.Join(f.requests(), "\n"))
			}
		})
	}
}

func TestCreator_DifferencesSeesLossAndDoubles(t *testing.T) {
	t.Parallel()
	creator := NewCreator(1, Source{})
	creator.Made["c01-000001"] = true
	view := NewDirectoryView()
	view.Users["a"] = ViewedUser{UserName: "c01-000001"}
	view.Users["b"] = ViewedUser{UserName: "c01-000002"} // whose answer did not come
	view.Users["c"] = ViewedUser{UserName: "c02-000001"}
	view.Users["d"] = ViewedUser{UserName: "c02-000001"}
	if got := creator.Differences(view); len(got) > 0 {
		t.Errorf("found %v", got)
	}
	delete(view.Users, "a")
	view.Users["e"] = ViewedUser{UserName: "c01-000002"}
	if got := creator.Differences(view); len(got) != 2 {
		t.Errorf("found %v instead of a loss and a double", got)
	}
}
