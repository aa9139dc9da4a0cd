package acceptance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlayer_SendsWhatTheTraceSays(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		if r.Method == http.MethodPost {
			reply(w, 201, `{"id":"id-1","n":7,"meta":{"version":"W/\"1\""}}`)
			return
		}
		reply(w, 200, `{"id":"id-1","title":"old","tags":["a"]}`)
	})
	err := playText(t, f, `{"id":"t","headers":{"Content-Type":"application/json; charset=utf-8"},"vars":{"who":"bob-${run}"},"steps":[
		{"name":"create","method":"POST","path":"/Users","body":{"userName":"${who}","${who}":["${token}"]},
		 "expect":{"status":[201],"json":{"id":{"type":"string"}}},"save":{"u":"id","n":"n"}},
		{"name":"filter","method":"GET","path":"/Users?filter=userName+eq+\"${who}\"&a=%22x%22&b[c]=ü|&","headers":{"Content-Type":null,"Accept":null},
		 "save":{"doc":""}},
		{"name":"put","method":"PUT","path":"/Users/${u}","bodyFrom":"doc","merge":{"title":null,"n":"${n}","id":"x-${u}"}},
		{"name":"raw","method":"POST","path":"/Users?","bodyRaw":"<${who}/>"},
		{"name":"many","method":"GET","path":"/Users/${i}","repeat":2}
	]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`POST /base/v2/Users {"bob-r1":["tok"],"userName":"bob-r1"}`,
		`GET /base/v2/Users?filter=userName+eq+%22bob-r1%22&a=%22x%22&b%5Bc%5D=%C3%BC%7C&`,
		`PUT /base/v2/Users/id-1 {"id":"x-id-1","n":7,"tags":["a"]}`,
		`POST /base/v2/Users? <bob-r1/>`,
		`GET /base/v2/Users/1`,
		`GET /base/v2/Users/2`,
	}
	if diff := cmp.Diff(want, f.requests()); diff != "" {
		t.Error(diff)
	}
	if got := f.head[0]; got.Get("Authorization") != "Bearer tok" || got.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("headers of the first request: %v", got)
	}
	if got := f.head[1]; got.Get("Accept") != "" || got.Get("Content-Type") != "" {
		t.Errorf("a header of null was sent: %v", got)
	}
}

func TestPlayer_FindsEveryKindOfProblem(t *testing.T) {
	t.Parallel()
	f := newFake(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		switch r.URL.Path {
		case "/base/v2/500":
			reply(w, 500, scimError(500, ""))
		case "/base/v2/html":
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(404)
		case "/base/v2/plain-error":
			reply(w, 404, `{"error":"no"}`)
		case "/base/v2/number-status":
			reply(w, 404, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":404,"detail":"no"}`)
		case "/base/v2/twice":
			reply(w, 200, `{"a":1,"a":2}`)
		case "/base/v2/empty":
			reply(w, 204, "")
		default:
			w.Header().Set("X-Kind", "Good")
			reply(w, 200, `{"a":1}`)
		}
	})
	for _, c := range []struct{ step, want string }{
		{`"path":"/500"`, "the server failed"},
		{`"path":"/plain-error"`, "schemas do not name the Error"},
		{`"path":"/number-status"`, `status is 404, want "404"`},
		{`"path":"/x","expect":{"status":[201]}`, "status 200, want one of [201]"},
		{`"path":"/x","expect":{"json":{"a":2}}`, "a: want 2, got 1"},
		{`"path":"/x","expect":{"json":{"b":{"exists":true}}}`, "b: want exists true"},
		{`"path":"/twice","expect":{"json":{"a":1}}`, "not JSON"},
		{`"path":"/x","expect":{"headers":{"x-kind":{"icontains":"bad"}}}`, "header x-kind"},
		{`"path":"/x","expect":{"headers":{"x-none":{"exists":true}}}`, "header x-none"},
		{`"path":"/x","expect":{"bodyEmpty":true}`, "want it empty: true"},
		{`"path":"/empty","expect":{"bodyEmpty":false}`, "want it empty: false"},
		{`"path":"/x","expect":{"anyOf":[{"status":[404]},{"status":[200],"json":{"a":9}}]}`, "alternative 2"},
		{`"path":"/x","save":{"v":"nothing"}`, "save v"},
		{`"path":"/x","save":{"v":"header:Location"}`, "no header Location"},
		{`"path":"/x/${unknown}"`, `variable "unknown"`},
	} {
		err := playText(t, f, `{"id":"t","steps":[{"name":"the step","method":"GET",`+c.step+`}]}`)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `trace t, step "the step"`) {
			t.Errorf("%s: got %v, want an error with %q", c.step, err, c.want)
		}
	}
	good := `"path":"/x","expect":{"status":[200],"headers":{"x-kind":{"icontains":"good"}},"anyOf":[{"status":[404]},{"json":{"a":1}}]}`
	if err := playText(t, f, `{"id":"t","steps":[{"name":"s","method":"GET",`+good+`}]}`); err != nil {
		t.Error(err)
	}
}

func TestPlayer_ParallelStepsOverlapAndAreAllChecked(t *testing.T) {
	t.Parallel()
	var arrived atomic.Int32
	both := make(chan struct{})
	f := newFake(t, func(w http.ResponseWriter, r *http.Request, _ string) {
		if arrived.Add(1) == 2 {
			close(both)
		}
		<-both // a player that sends one after the other never gets here twice
		reply(w, 200, fmt.Sprintf(`{"id":%q}`, r.URL.Path))
	})
	err := playText(t, f, `{"id":"t","steps":[
		{"name":"p","parallel":[
			{"name":"one","method":"GET","path":"/1","save":{"a":"id"},"collect":{"all":"id"}},
			{"name":"two","method":"GET","path":"/2","save":{"b":"id"},"collect":{"all":"id"},"expect":{"status":[201]}}]},
		{"name":"never","method":"GET","path":"/3"}]}`)
	if err == nil || !strings.Contains(err.Error(), `"two"`) {
		t.Errorf("got %v, want the failure of step two", err)
	}
	if got := f.requests(); len(got) != 2 {
		t.Errorf("a failed step was followed by others: %v", got)
	}
}

// pages answers a list of n resources in pages of at most most.
func pages(n, most int, spoil func(start int, ids []string) (int, []string)) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, r *http.Request, _ string) {
		start, count := 1, most
		_, _ = fmt.Sscan(r.URL.Query().Get("startIndex"), &start)
		_, _ = fmt.Sscan(r.URL.Query().Get("count"), &count)
		var ids []string
		for i := start; i <= n && len(ids) < min(count, most); i++ {
			ids = append(ids, fmt.Sprintf(`{"id":"%d"}`, i))
		}
		if spoil != nil {
			start, ids = spoil(start, ids)
		}
		reply(w, 200, fmt.Sprintf(`{"totalResults":%d,"startIndex":%d,"itemsPerPage":%d,"Resources":[%s]}`, n, start, len(ids), strings.Join(ids, ",")))
	}
}

func TestPlayer_WalksPages(t *testing.T) {
	t.Parallel()
	const steps = `{"id":"t","steps":[{"name":"w","method":"GET","path":"/Users?a=b","paginate":%s},{"name":"a","assert":{"all":{"length":%d}}}]}`
	for _, c := range []struct {
		name, paginate string
		collected      int
		spoil          func(int, []string) (int, []string)
		want           string
	}{
		{"by count", `{"count":5,"advance":"count","into":"all"}`, 11, nil, ""},
		{"by what came", `{"firstBare":true,"advance":"received","into":"all"}`, 11, nil, ""},
		{"from the middle", `{"start":6,"count":5,"advance":"count","into":"all"}`, 6, nil, ""},
		{"startIndex not echoed", `{"count":5,"advance":"count","into":"all"}`, 11, func(_ int, ids []string) (int, []string) { return 1, ids }, "want the echo of 6"},
		{"an empty page", `{"count":5,"advance":"count","into":"all"}`, 11, func(s int, ids []string) (int, []string) {
			if s > 5 {
				ids = nil
			}
			return s, ids
		}, "empty page before the end"},
		{"too many", `{"count":2,"advance":"count","into":"all"}`, 11, func(s int, ids []string) (int, []string) {
			return s, append(ids, `{"id":"x"}`)
		}, "asked for at most 2"},
		{"the same again", `{"count":5,"advance":"count","into":"all"}`, 11, func(s int, ids []string) (int, []string) {
			return s, append(slices.Clone(ids[:len(ids)-1]), `{"id":"1"}`)
		}, "an id came twice"},
		{"one is missing", `{"count":5,"advance":"count","into":"all"}`, 11, func(s int, ids []string) (int, []string) {
			if s == 1 {
				ids = ids[1:]
			}
			return s, ids
		}, "totalResults is 11"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, pages(11, 7, c.spoil))
			err := playText(t, f, fmt.Sprintf(steps, c.paginate, c.collected))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if !strings.Contains(f.requests()[0], "?a=b") {
				t.Errorf("the path's own query was lost: %v", f.requests())
			}
		})
	}
}
