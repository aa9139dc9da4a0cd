package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
)

// peerOfTest starts the server of the in-memory library with a few users.
func peerOfTest(t *testing.T, binary string, flags ...string) (*people, *wire) {
	t.Helper()
	srv, err := openPeer(exec.CommandContext(t.Context(), binary, flags...), filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.stop() })
	p, err := seed(srv, 40)
	if err != nil {
		t.Fatal(err)
	}
	w, err := dial(srv.host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	return p, w
}

func TestPeer_DoesWhatTheLoadsAskFor(t *testing.T) {
	t.Parallel()
	binary, err := buildPeer(t.Context(), "peer", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, flags := range map[string][]string{"found": nil, "scanned": {"-scan"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, w := peerOfTest(t, binary, flags...)
			for n := range 5 {
				for load, op := range map[string]operation{"GET": p.get, "filter": p.filter, "cycle": p.cycle} {
					if err := op(w, 0, n); err != nil {
						t.Fatalf("%s: %v", load, err)
					}
				}
			}
			group := p.s.head("GET", "/Groups/"+p.group)
			if err := p.want(w, 200, group, nil); err != nil || bytes.Count(w.body, []byte(`"value":`)) != 5 {
				t.Errorf("after five cycles: %v, %s", err, w.body)
			}
			for i, op := range []string{"Add", "Add", "Remove"} { // the second addition changes nothing
				if err := p.member(w, op, p.group, p.ids[0]); err != nil {
					t.Fatal(err)
				}
				want := []int{6, 6, 5}[i]
				if err := p.want(w, 200, group, nil); err != nil || bytes.Count(w.body, []byte(`"value":`)) != want {
					t.Errorf("after %s: %v, %s", op, err, w.body)
				}
			}
			if err := p.page(1)(w, 0, 0); err != nil || !bytes.Contains(w.body, []byte(`"totalResults":45`)) {
				t.Errorf("the list: %v, %.100s", err, w.body)
			}
		})
	}
}

func TestPeer_KeepsWhatItIsTold(t *testing.T) {
	t.Parallel()
	binary, err := buildPeer(t.Context(), "peer", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p, w := peerOfTest(t, binary)
	path := "/Users/" + p.ids[7]
	for _, c := range []struct {
		status             int
		method, path, body string
		has, hasNot        string
	}{
		{409, "POST", "/Users", string(appendUser(nil, 7)), "uniqueness", ""},
		{200, "PATCH", path, operations(`{"op":"replace","path":"name.familyName","value":"Lovelace"}`), `"familyName":"Lovelace","formatted":"Given7 Family7"`, ""},
		{200, "PATCH", path, operations(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"ada@example.com"}`), `"value":"ada@example.com"`, ""},
		{200, "PATCH", path, operations(`{"op":"remove","path":"emails[type eq \"home\"]"}`), "ada@example.com", `"home-`},
		{400, "PATCH", path, operations(`{"op":"remove","path":"emails[type eq \"home\"]"}`), "noTarget", ""},
		{200, "PATCH", path, operations(`{"op":"add","value":{"nickName":"Ada"}},{"op":"remove","path":"title"}`), `"nickName":"Ada"`, `"title"`},
		{200, "PATCH", path, operations(`{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Engines"}`), `"department":"Engines","division":"Professional Services"`, ""},
		{200, "GET", path, "", `"department":"Engines"`, `"title"`},
		{200, "PUT", path, string(appendUser(nil, 4711)), `"employeeNumber":"4711"`, "Ada"},
		{200, "GET", "/Users?filter=userName%20eq%20%22" + string(appendUserName(nil, 7)) + "%22", "", `"totalResults":0`, ""},
		{204, "DELETE", path, "", "", ""},
		{404, "GET", path, "", "", ""},
		{201, "POST", "/Users", string(appendUser(nil, 4711)), `"employeeNumber":"4711"`, ""},
	} {
		var body []byte
		if c.body != "" {
			body = []byte(c.body)
		}
		if err := p.want(w, c.status, p.s.head(c.method, c.path), body); err != nil {
			t.Error(err)
		} else if !bytes.Contains(w.body, []byte(c.has)) || c.hasNot != "" && bytes.Contains(w.body, []byte(c.hasNot)) {
			t.Errorf("%s %s %s: %s", c.method, c.path, c.body, w.body)
		}
	}
	if err := p.want(w, 401, headOf("GET", p.s.host, "/Users", scimType, "wrong"), nil); err != nil {
		t.Error(err)
	}
}

// operations is the body of a PATCH.
func operations(list string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + list + `]}`
}
