package acceptance

import "testing"

// Every simulated provider fills a source, and playing it again finds what it made.
func TestSimulate_EveryProvider(t *testing.T) {
	t.Parallel()
	server := theServer(t)
	type summary struct {
		Requests    int `json:"requests"`
		Users       int `json:"users"`
		Groups      int `json:"groups"`
		Memberships int `json:"memberships"`
		Failures    int `json:"failures"`
	}
	for _, provider := range []string{"entra", "okta", "onelogin"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			source := newSource(t, "--preset", provider)
			var first, again summary
			for _, out := range []*summary{&first, &again} {
				if err := server.Run(t.Context(), out, "simulate", provider, "--source", source.Slug, "--users", "6", "--groups", "2"); err != nil {
					t.Fatal(err)
				}
			}
			if first.Users != 6 || first.Groups != 2 || first.Memberships == 0 || first.Failures > 0 || again.Failures > 0 {
				t.Errorf("first %+v, again %+v", first, again)
			}
			if again.Requests >= first.Requests {
				t.Errorf("%d requests at first and %d again, want fewer when everybody is there", first.Requests, again.Requests)
			}
			members := 0
			for path, want := range map[string]int{"/Users": 6, "/Groups": 2} {
				ex := do(t, scimGet(source.Base(), source.Token, path))
				doc, err := ex.Answer.Document()
				if err != nil {
					t.Fatalf("%v\n%s", err, ex)
				}
				resources := list(doc.(map[string]any)["Resources"])
				if len(resources) != want {
					t.Errorf("%d resources, want %d\n%s", len(resources), want, ex)
				}
				for _, r := range resources {
					members += len(list(r.(map[string]any)["members"]))
				}
			}
			if members != first.Memberships {
				t.Errorf("%d members, the summary says %d", members, first.Memberships)
			}
		})
	}
}
