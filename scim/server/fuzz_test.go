package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// fuzzServer answers over a fresh memory and fails the test on a 5xx, which no input may cause.
func fuzzServer(t *testing.T) func(method, target, body string) *httptest.ResponseRecorder {
	reg := schema.Core()
	s, err := New(Config{Backend: NewMemory(reg), Registry: reg, CursorKey: []byte("0123456789abcdef"), Observe: func(_ context.Context, o Observation) {
		if o.Status >= 500 && o.Status != http.StatusNotImplemented {
			t.Errorf("status %d: %v", o.Status, o.Err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return func(method, target, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/", strings.NewReader(body))
		path, query, _ := strings.Cut(target, "?")
		r.URL.Path, r.URL.RawQuery = path, query
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Body.Len() > 0 {
			if _, err := scim.DecodeObject(w.Body.Bytes(), scim.Limits{Depth: 200, StringBytes: 1 << 24}); err != nil {
				t.Errorf("the answer is no JSON object: %v\n%s", err, w.Body)
			}
		}
		return w
	}
}

func FuzzBulk(f *testing.F) {
	for _, seed := range []string{
		postUser("a", "ada") + "," + postGroup("b", "B", "bulkId:a", "bulkId:c") + "," + postGroup("c", "C", "bulkId:b"),
		postGroup("b", "B", "bulkId:b") + `,{"method":"DELETE","path":"/Groups/bulkId:b"}`,
		`{"method":"PATCH","path":"/Groups/bulkId:g","data":` + patchBody(`{"op":"remove","path":"members[value eq \"bulkId:u\"]"}`) + `},` + postGroup("g", "G") + "," + postUser("u", "u"),
		`{"method":"PUT","path":"/Users/1","version":"W/\"1\"","data":{"userName":"x"}}`,
		`null`, `{"method":"POST","path":"/Users","bulkId":"bulkId:","data":{"userName":"bulkId:bulkId:"}}`,
	} {
		f.Add(seed, `,"failOnErrors":1`)
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, operations, more string) {
		do := fuzzServer(t)
		w := do("POST", "/Bulk", bulkBody(operations, more))
		if w.Code != 200 {
			return
		}
		doc, err := scim.DecodeObject(w.Body.Bytes(), scim.Limits{})
		if err != nil {
			return
		}
		// What the answer says was created exists, and nothing else does, unless it was deleted again.
		created, deleted := 0, 0
		list, _ := doc["Operations"].([]any)
		for _, v := range list {
			switch o := v.(scim.Object); o["status"] {
			case "201":
				created++
			case "204":
				deleted++
			}
		}
		total, _ := scim.DecodeObject(do("GET", "/?count=0", "").Body.Bytes(), scim.Limits{})
		if got := string(scim.AppendJSON(nil, total["totalResults"])); got != string(scim.AppendJSON(nil, created-deleted)) {
			t.Errorf("%d created, %d deleted, %s left\n%s", created, deleted, got, w.Body)
		}
	})
}

func FuzzQueryParameters(f *testing.F) {
	for _, seed := range []string{"filter=userName+eq+%22a%22&", "startIndex=0&count=-1", "cursor=&count=1", "a;b", "%zz", "sortBy=name.givenName&sortOrder=descending",
		"attributes=,,userName,&excludedAttributes=", "FILTER=emails[type eq \"work\"].value co \"a\"", "count=99999999999999999999", "cursor=AQ"} {
		f.Add("/Users", seed)
		f.Add("/", seed)
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		do := fuzzServer(t)
		do("POST", "/Users", `{"userName":"ada","name":{"givenName":"A"},"emails":[{"value":"a@x","type":"work"}]}`)
		do("POST", "/Groups", `{"displayName":"staff"}`)
		do("GET", path+"?"+query, "")
	})
}

func FuzzCursor(f *testing.F) {
	s := cursorSigner{key: []byte("0123456789abcdef"), lifetime: time.Hour, now: func() time.Time { return time.Unix(1e9, 0) }}
	f.Add(s.seal("position", 10, []string{"a", "b"}), 10)
	f.Add("", 0)
	f.Add("AQ", 1)
	f.Add(s.seal("position", 10, []string{"a", "b"})+"\n", 10)
	f.Fuzz(func(t *testing.T, cursor string, count int) {
		if count < 0 {
			return
		}
		position, err := s.open(cursor, count, []string{"a", "b"})
		if err == nil && s.seal(position, count, []string{"a", "b"}) != cursor {
			t.Errorf("%q was opened, but not sealed here", cursor)
		}
		if err != nil && scim.AsError(err).Status != 400 {
			t.Error(err)
		}
		// The positions of the table's own cursors survive any text as well.
		if k, err := parseOrderKey(cursor); err == nil {
			if again, err := parseOrderKey(k.String()); err != nil || again.compare(k, false) != 0 {
				t.Errorf("%q: %+v, %+v, %v", cursor, k, again, err)
			}
		}
	})
}
