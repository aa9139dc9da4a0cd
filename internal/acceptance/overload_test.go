package acceptance

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// narrow starts a server that serves little at once.
func narrow(t *testing.T, options ...string) *Server {
	t.Helper()
	server, err := theBinary(t).Start(t.Context(), t.TempDir(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(30 * time.Second); err != nil {
			t.Error(err)
		}
	})
	return server
}

// A source that sends far more than is served is told so; what it was told is true, and the others are
// served as before.
func TestOverload_OneSourceIsRefusedTheOthersAreServed(t *testing.T) {
	t.Parallel()
	server := narrow(t, "--limit-concurrent-writes=1", "--limit-queue=2", "--limit-queue-wait=20ms")
	loud, err := server.CreateSource(t.Context(), "Loud")
	if err != nil {
		t.Fatal(err)
	}
	calm, err := server.CreateSource(t.Context(), "Calm")
	if err != nil {
		t.Fatal(err)
	}
	var requests []Request
	for i := range 600 {
		requests = append(requests, scimWrite("POST", loud.Base(), loud.Token, "/Users", newUser(fmt.Sprintf("loud-%03d", i))))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 50 {
			ex, err := server.Client().Do(t.Context(), scimWrite("POST", calm.Base(), calm.Token, "/Users", newUser(fmt.Sprintf("calm-%02d", i))))
			if err != nil || ex.Answer.Status != http.StatusCreated {
				t.Errorf("a source that sends one request after the other: want 201, %v\n%s", err, ex)
			}
		}
	}()
	created, refused := 0, 0
	for _, ex := range burstAt(t, server, requests, 64) {
		switch seconds, _ := strconv.Atoi(ex.Answer.Header.Get("Retry-After")); {
		case ex.Answer.Status == http.StatusCreated:
			created++
		case ex.Answer.Status == http.StatusTooManyRequests && seconds > 0:
			refused++
			for _, problem := range SCIMProblems(ex.Answer) {
				t.Errorf("%s\n%s", problem, ex)
			}
		default:
			t.Errorf("want 201, or 429 with Retry-After\n%s", ex)
		}
	}
	<-done
	if created == 0 || refused == 0 {
		t.Errorf("%d requests were served and %d refused, want some of each", created, refused)
	}
	for _, want := range []struct {
		source Source
		users  int
	}{{loud, created}, {calm, 50}} {
		ex, err := server.Client().Do(t.Context(), scimGet(want.source.Base(), want.source.Token, "/Users?count=0"))
		if err != nil {
			t.Fatal(err)
		}
		doc, _ := ex.Answer.Document()
		if answer, _ := doc.(map[string]any); answer["totalResults"] != float64(want.users) {
			t.Errorf("%d users were acknowledged\n%s", want.users, ex)
		}
	}
}

// What is set is enforced, and told where SCIM has a place for it.
func TestLimits_AreSettings(t *testing.T) {
	t.Parallel()
	server := narrow(t, "--limit-page=2", "--limit-page-max=3", "--limit-bulk-operations=7", "--limit-bulk-body=2KiB",
		"--limit-body=1KiB", "--limit-filter-terms=2", "--limit-members=1", "--limit-patch-operations=1", "--limit-url=200")
	source, err := server.CreateSource(t.Context(), "Small")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		ex, err := server.Client().Do(t.Context(), scimWrite("POST", source.Base(), source.Token, "/Users", newUser(fmt.Sprint("u", i))))
		if err != nil || ex.Answer.Status != http.StatusCreated {
			t.Fatalf("%v\n%s", err, ex)
		}
	}
	ids := make([]byte, 1200)
	for i := range ids {
		ids[i] = 'x'
	}
	const operation = `{"op":"replace","path":"title","value":"x"}`
	tests := []struct {
		name    string
		request Request
		status  int
		path    string
		want    any
	}{
		{"bulk operations", scimGet(source.Base(), source.Token, "/ServiceProviderConfig"), 200, "bulk.maxOperations", 7.0},
		{"bulk size", scimGet(source.Base(), source.Token, "/ServiceProviderConfig"), 200, "bulk.maxPayloadSize", 2048.0},
		{"filter results", scimGet(source.Base(), source.Token, "/ServiceProviderConfig"), 200, "filter.maxResults", 3.0},
		{"page", scimGet(source.Base(), source.Token, "/Users"), 200, "itemsPerPage", 2.0},
		{"largest page", scimGet(source.Base(), source.Token, "/Users?count=100"), 200, "itemsPerPage", 3.0},
		{"terms", scimGet(source.Base(), source.Token, "/Users?filter=id+pr+or+id+pr+or+id+pr"), 400, "scimType", "invalidFilter"},
		{"URL", scimGet(source.Base(), source.Token, "/Users?attributes="+string(ids[:300])), 414, "status", "414"},
		{"body", scimWrite("POST", source.Base(), source.Token, "/Users", newUser(string(ids))), 413, "status", "413"},
		{"members", scimWrite("POST", source.Base(), source.Token, "/Groups",
			[]byte(`{"displayName":"g","members":[{"value":"a"},{"value":"b"}]}`)), 400, "scimType", "invalidValue"},
		{"PATCH", scimWrite("PATCH", source.Base(), source.Token, "/Users/x",
			[]byte(`{"Operations":[`+operation+","+operation+`]}`)), 413, "status", "413"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ex, err := server.Client().Do(t.Context(), tt.request)
			if err != nil {
				t.Fatal(err)
			}
			path, err := ParsePath(tt.path)
			if err != nil {
				t.Fatal(err)
			}
			doc, _ := ex.Answer.Document()
			if got, _ := path.Find(doc); ex.Answer.Status != tt.status || got != tt.want {
				t.Errorf("want %d and %s %v, got %v\n%s", tt.status, tt.path, tt.want, got, ex)
			}
		})
	}
}
