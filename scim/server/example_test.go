package server_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// staff is a table that a program has anyway.
type staff map[string]*server.Record

func (s staff) Load(_ context.Context, typ, id string) (*server.Record, error) {
	if rec, ok := s[typ+id]; ok {
		return rec, nil
	}
	return nil, server.ErrNoRecord
}

func (s staff) Save(_ context.Context, rec *server.Record) error {
	s[rec.Type+rec.ID] = rec
	return nil
}

func (s staff) Remove(_ context.Context, typ, id string) error {
	delete(s, typ+id)
	return nil
}

func (s staff) All(_ context.Context, typ string) iter.Seq2[*server.Record, error] {
	return func(yield func(*server.Record, error) bool) {
		for _, rec := range s {
			if rec.Type == typ && !yield(rec, nil) {
				return
			}
		}
	}
}

// A table of one's own becomes a SCIM service provider.
func ExampleFromTable() {
	reg := schema.Core()
	handler, err := server.New(server.Config{
		Backend:  server.FromTable(staff{}, reg),
		Registry: reg,
		Prefix:   "/scim/v2",
		BaseURL:  func(*http.Request) string { return "https://directory.example/scim/v2" },
	})
	if err != nil {
		panic(err)
	}
	authenticated := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, err := server.BearerToken(r); err != nil {
			server.WriteError(w, r, err)
		} else if token != "secret" {
			server.Unauthorized(w, r, "directory")
		} else {
			handler.ServeHTTP(w, r)
		}
	})

	send := func(method, path, token, body string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		authenticated.ServeHTTP(w, r)
		answer, _ := io.ReadAll(w.Body)
		obj, _ := scim.DecodeObject(answer, scim.Limits{})
		fmt.Println(w.Code, obj["scimType"], obj["userName"], obj["totalResults"])
	}
	send("POST", "/scim/v2/Users", "secret", `{"userName":"ada"}`)
	send("POST", "/scim/v2/Users", "secret", `{"userName":"ADA"}`)
	send("GET", "/scim/v2/Users?filter=userName+sw+%22a%22", "secret", "")
	send("GET", "/scim/v2/Users", "wrong", "")
	// Output:
	// 201 <nil> ada <nil>
	// 409 uniqueness <nil> <nil>
	// 200 <nil> <nil> 1
	// 401 <nil> <nil> <nil>
}
