package acceptance

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
)

func TestPlaceholders_Fill(t *testing.T) {
	t.Parallel()
	names := Placeholders{"base": "/s/v2", "uid:alice": "abc-1", "token": "0123456789abcdef", "uniq": "u7"}
	for _, c := range []struct{ text, want string }{
		{"{{base}}/Users/{{uid:alice}}", "/s/v2/Users/abc-1"},
		{"{{uid:alice:upper}}", "ABC-1"},
		{"{{token:0:12}}", "0123456789ab"},
		{"{{rep:(:3}}x{{rep:a%2C:2}}{{rep:a:b:2}}", "(((xa%2Ca%2Ca:ba:b"},
		{`A{{chunk:{"a":{"userName":"x-{{uniq}}"}}}}`, "A1f\r\n" + `{"a":{"userName":"x-u7"}}` + "\r\n"},
		{`{"a":{"b":{}}}`, `{"a":{"b":{}}}`},
	} {
		c.want = strings.Replace(c.want, "A1f", fmt.Sprintf("A%x", len(`{"a":{"userName":"x-u7"}}`)), 1)
		got, err := names.Fill(c.text)
		if err != nil || got != c.want {
			t.Errorf("Fill(%q) = %q, %v; want %q", c.text, got, err, c.want)
		}
	}
	for _, bad := range []string{"{{nobody}}", "{{token:0:99}}", "{{rep:x}}"} {
		if got, err := names.Fill(bad); err == nil {
			t.Errorf("Fill(%q) = %q, want an error", bad, got)
		}
	}
	if got := RawBytes(`\x16\xfFa\x`); string(got) != "\x16\xffa\\x" {
		t.Errorf("RawBytes: %q", got)
	}
}

func TestBodyGen_Kinds(t *testing.T) {
	t.Parallel()
	names := Placeholders{"uniq": "u"}
	for _, c := range []struct{ gen, want string }{
		{`{"kind":"encode","charset":"utf-16","text":"aé"}`, "\xff\xfea\x00\xe9\x00"},
		{`{"kind":"concat","parts":[{"text":"x{{uniq}}"},{"hex":"ff00"}]}`, "xu\xff\x00"},
		{`{"kind":"nest","open":"[","close":"]","depth":3}`, "[[[]]]"},
		{`{"kind":"nestobj","prefix":"{{uniq}}","key":"a","depth":2,"suffix":"!"}`, `u{"a":{"a":1}}!`},
		{`{"kind":"repeat_item","prefix":"[","item":"{{uniq}}{i}","n":3,"suffix":"]"}`, "[u0,u1,u2]"},
		{`{"kind":"json_rep","before":"<","rep":"a.","n":2,"after":">"}`, "<a.a.>"},
	} {
		if got := generate(t, c.gen, names); got != c.want {
			t.Errorf("%s: got %q, want %q", c.gen, got, c.want)
		}
	}
	for _, gen := range []string{`{"kind":"notchain","n":2}`, `{"kind":"paren_path","n":2}`} {
		var doc any
		if err := json.Unmarshal([]byte(generate(t, gen, names)), &doc); err != nil {
			t.Errorf("%s makes no JSON: %v", gen, err)
		}
	}
	if got := generate(t, `{"kind":"gzip_zeros","n":1000000}`, names); len(got) > 2000 || got[:2] != "\x1f\x8b" {
		t.Errorf("gzip_zeros: %d bytes that begin with %x", len(got), got[:2])
	}
}

func generate(t *testing.T, text string, names Placeholders) string {
	t.Helper()
	var g BodyGen
	if err := json.Unmarshal([]byte(text), &g); err != nil {
		t.Fatal(err)
	}
	body, err := g.Bytes(names)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func hostileCase(t *testing.T, text string) *HostileCase {
	t.Helper()
	var c HostileCase
	if err := json.Unmarshal([]byte(text), &c, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return &c
}

func hostilePlayer(f *fakeSource) *HostilePlayer {
	return &HostilePlayer{Client: f.client, Names: Placeholders{
		"base": "/base/v2", "token": "tok", "host": f.client.Host(), "self_url": f.client.Origin(), "api": "/api/v1",
	}}
}

func TestHostilePlayer_SetsUpAttacksAndFollows(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(w http.ResponseWriter, r *http.Request, body string) {
		switch {
		case r.Method == http.MethodPost && r.URL.Path == "/base/v2/Users":
			reply(w, 201, `{"id":"u-9"}`)
		case r.Method == http.MethodPost:
			reply(w, 201, `{"id":"g-9"}`)
		default:
			reply(w, 200, `{"id":"u-9","totalResults":0}`)
		}
	})
	c := hostileCase(t, `{"id":"H1","name":"n","method":"PATCH","path":"{{base}}/Groups/{{gid:eng}}?x=%22","headers":{"Authorization":"Bearer {{token}} \t"},
		"setup":["user:m1","group:eng:m1"],"fixture":{"m1":"é-m1"},"body":{"z":1.50,"a":"{{uid:m1}}"},
		"expect":{"status":[200],"json":{"totalResults":0},"json_if_200":{"id":"u-9"},"json_le":{"totalResults":3},"contains":["{{uid:m1}}"],"not_contains":["{{un:m1}}"],"count":{"u-9":[1]}},
		"then":[{"method":"GET","path":"{{base}}/Users/{{last_id}}","headers":{},"expect":{"status":[200]}},
			{"method":"PUT","path":"/x","headers":{},"body":"verbatim {","expect":{"status":[200]}}]}`)
	if err := hostilePlayer(f).Play(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	got := f.requests()
	if len(got) != 5 || !strings.Contains(got[0], `"userName":"é-m1"`) || !strings.Contains(got[1], `"members":[{"value":"u-9"}]`) {
		t.Fatalf("set up: %v", got)
	}
	want := []string{
		`PATCH /base/v2/Groups/g-9?x=%22 {"z":1.50,"a":"u-9"}`,
		"GET /base/v2/Users/u-9",
		"PUT /x verbatim {",
	}
	if diff := cmp.Diff(want, got[2:]); diff != "" {
		t.Error(diff)
	}
}

func TestHostilePlayer_FindsEveryKindOfProblem(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("X-A", "secret")
		reply(w, 400, scimError(400, "invalidValue"))
	})
	for _, c := range []struct{ expect, want string }{
		{`"status":[200]`, "status 400, want one of [200]"},
		{`"status":[400],"scimType":"invalidFilter"`, `scimType "invalidValue", want "invalidFilter"`},
		{`"status":[400],"contains":["{{token}}"]`, `does not contain "tok"`},
		{`"status":[400],"not_contains":["detail"]`, `contains "detail"`},
		{`"status":[400],"headers":{"X-A":"nothing"}`, "header X-A"},
		{`"status":[400],"headers":{"X-B":""}`, "header X-B"},
		{`"status":[400],"headers_absent":["X-A"]`, "want none"},
		{`"status":[400],"json":{"status":"401"}`, "status: want eq"},
		{`"status":[400],"json_le":{"n":1}`, "n: want lte"},
		{`"status":[400],"count":{"status":[0]}`, "1 times"},
	} {
		one := hostileCase(t, `{"id":"H1","name":"n","method":"GET","path":"/","headers":{},"expect":{`+c.expect+`}}`)
		if err := hostilePlayer(f).Play(context.Background(), one); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.expect, err, c.want)
		}
	}
	ignored := hostileCase(t, `{"id":"H1","name":"n","method":"GET","path":"/","headers":{},"expect":{"status":[400],"json_if_200":{"a":1},"headers_if_200":{"X":"y"}}}`)
	if err := hostilePlayer(f).Play(context.Background(), ignored); err != nil {
		t.Error(err)
	}
	any429 := hostileCase(t, `{"id":"H1","name":"n","method":"GET","path":"/","headers":{},"repeat":2,"expect_any_status":429,"expect":{"status":[400]}}`)
	if err := hostilePlayer(f).Play(context.Background(), any429); err == nil || !strings.Contains(err.Error(), "none of 2") {
		t.Errorf("got %v, want the missing 429", err)
	}
	needs := hostileCase(t, `{"id":"H1","name":"n","method":"GET","path":"/","headers":{},"needs":["moon"],"expect":{"status":[400]}}`)
	if err := hostilePlayer(f).Play(context.Background(), needs); err == nil || !strings.Contains(err.Error(), "needs moon") {
		t.Errorf("got %v, want the missing need", err)
	}
}

// bareServer accepts one connection and hands it to serve.
func bareServer(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		serve(conn)
	}()
	return l.Addr().String()
}

func TestWire_CountsAnswersAndSeesACloseWithoutOne(t *testing.T) {
	t.Parallel()
	const answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno"
	address := bareServer(t, func(c net.Conn) {
		buffer := make([]byte, 100)
		_, _ = c.Read(buffer)
		_, _ = fmt.Fprint(c, answer, answer)
	})
	answers, err := Wire{Bytes: []byte("GET"), Method: "GET", More: true}.Send(context.Background(), address, time.Second)
	if err != nil || len(answers) != 2 || answers[1].Status != 400 || string(answers[1].Body) != "no" {
		t.Errorf("got %v, %v; want two answers", answers, err)
	}
	closing := bareServer(t, func(c net.Conn) {})
	if answers, err := (Wire{Bytes: []byte("x"), Method: "GET"}).Send(context.Background(), closing, time.Second); err != nil || len(answers) != 0 {
		t.Errorf("got %v, %v; want no answers and no error", answers, err)
	}
	hanging := bareServer(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1)); _, _ = c.Read(make([]byte, 1)) })
	if _, err := (Wire{Bytes: []byte("x"), Method: "GET"}).Send(context.Background(), hanging, 50*time.Millisecond); err == nil {
		t.Error("a server that does nothing was taken for one that closes")
	}
}

func TestWire_DripsUntilTheServerHasEnough(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	address := bareServer(t, func(c net.Conn) {
		buffer := make([]byte, 0, 100)
		for len(buffer) < 5 {
			n, err := c.Read(buffer[len(buffer):cap(buffer)])
			if err != nil {
				break
			}
			buffer = buffer[:len(buffer)+n]
		}
		got <- string(buffer)
		_, _ = fmt.Fprint(c, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
	})
	w := Wire{Bytes: []byte("GE"), Method: "GET", Drip: &Drip{EveryMillis: 1, Data: "T", Seconds: 30}}
	answers, err := w.Send(context.Background(), address, 10*time.Second)
	if err != nil || len(answers) != 1 || answers[0].Status != 408 {
		t.Errorf("got %v, %v", answers, err)
	}
	if text := <-got; !strings.HasPrefix(text, "GETTT") {
		t.Errorf("the server read %q", text)
	}
}

func TestWireBytes_KeepsHeadersAsTheyAre(t *testing.T) {
	t.Parallel()
	r := Request{Method: "POST", Target: "/a b", Fields: []Field{{"X", "1 \t"}, {"X", "2"}}, Body: []byte("hi")}
	const want = "POST /a b HTTP/1.1\r\nHost: h:1\r\nX: 1 \t\r\nX: 2\r\nContent-Length: 2\r\n\r\nhi"
	if diff := cmp.Diff(want, string(WireBytes(r, "h:1"))); diff != "" {
		t.Error(diff)
	}
	r.Fields = []Field{{"Host", "evil"}}
	if got := string(WireBytes(r, "h:1")); strings.Count(got, "Host:") != 1 || !strings.Contains(got, "Host: evil") {
		t.Errorf("the case's own Host was not taken: %q", got)
	}
}
