package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestMedian_IsTheRunInTheMiddle(t *testing.T) {
	t.Parallel()
	if got := median([]figure{{Rate: 3}, {Rate: 9, P50: 1}, {Rate: 1}, {Rate: 4, P50: 7}, {Rate: 100}}, rate); got.Rate != 4 || got.P50 != 7 {
		t.Errorf("%+v", got)
	}
	if got := median(nil, rate); got != (figure{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestSummarize_CountsAndSorts(t *testing.T) {
	t.Parallel()
	took := []time.Duration{5 * time.Millisecond, time.Millisecond, 3 * time.Millisecond}
	if got := summarize(took, time.Second); got.Rate != 3 || got.P50 != 3000 || got.P99 != 3000 {
		t.Errorf("%+v", got)
	}
}

func TestLoop_EndsWithAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := loop(2, time.Hour, func(_, n int) error {
		if n == 3 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestUser_IsJSONOfItsSize(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for n := range 1000 {
		body := appendUser(nil, n)
		var user struct{ UserName string }
		if err := json.Unmarshal(body, &user); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if len(body) < 1300 || len(body) > 1900 {
			t.Fatalf("user %d has %d bytes", n, len(body))
		}
		if user.UserName != string(appendUserName(nil, n)) || names[user.UserName] {
			t.Fatalf("user %d is %q", n, user.UserName)
		}
		names[user.UserName] = true
	}
}

func TestWire_ReadsEveryForm(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 5000)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/chunked":
			io.WriteString(w, long[:20000])
			w.(http.Flusher).Flush()
			io.WriteString(w, long[20000:])
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		default:
			io.Copy(w, r.Body)
		}
	}))
	t.Cleanup(srv.Close)
	w, err := dial(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	for _, c := range []struct {
		path, body, want string
		status           int
	}{{"/chunked", "", long, 200}, {"/none", "", "", 204}, {"/echo", "ab", "ab", 200}, {"/chunked", "", long, 200}} {
		var body []byte
		if c.body != "" {
			body = []byte(c.body)
		}
		status, err := w.do(headOf("POST", "localhost", c.path, scimType, "t"), body)
		if err != nil || status != c.status || string(w.body) != c.want {
			t.Errorf("%s: %d, %d bytes, %v", c.path, status, len(w.body), err)
		}
	}
}

func TestReport_SaysWhichBarsAreMet(t *testing.T) {
	t.Parallel()
	r := report{Machine: machine{CPU: "EPYC", Cores: 2, Go: "go1", Commit: "abc"}}
	r.Rows = []row{
		share("fast", figure{Rate: 50, CPU: 4}, figure{Rate: 100, CPU: 2}, 0.5),
		share("slow", figure{Rate: 10, CPU: 4}, figure{Rate: 100, CPU: 2}, 0.5),
		growth("grows", figure{P50: 3000, CPU: 1}, figure{P50: 1000, CPU: 1}, 1.25),
		tail("late", figure{P50: 1, P99: 5000, CPU: 1}, figure{P50: 1, P99: 2000, CPU: 1}, 2),
		share("free", figure{Rate: 10, CPU: 4}, figure{Rate: 100, CPU: 2}, 0),
	}
	for _, w := range []row{
		share("only", figure{Rate: 10, CPU: 4}, figure{}, 0.5),
		share("other", figure{}, figure{Rate: 10, CPU: 4}, 0.5),
		growth("neither", figure{}, figure{}, 1.25),
		alone("alone", figure{Rate: 10, CPU: 4}),
	} {
		r.add(w)
	}
	r.remember("idle", 100, 256)
	var out bytes.Buffer
	if err := r.writeText(&out); err != nil {
		t.Fatal(err)
	}
	verdicts, ratios := map[string]string{}, map[string]string{}
	for line := range strings.Lines(out.String()) {
		if cells := strings.Split(line, "|"); len(cells) > 4 {
			verdicts[strings.TrimSpace(cells[1])] = strings.TrimSpace(cells[len(cells)-2])
			if len(cells) > 8 {
				ratios[strings.TrimSpace(cells[1])] = strings.TrimSpace(cells[7]) + " " + strings.TrimSpace(cells[8])
			}
		}
	}
	for name, want := range map[string]string{"fast": "met", "slow": "MISSED", "grows": "MISSED", "late": "MISSED", "free": "", "alone": "", "idle": "met"} {
		if got, ok := verdicts[name]; !ok || got != want {
			t.Errorf("%s is %q in\n%s", name, got, out.String())
		}
	}
	if ratios["slow"] != "0.10 0.50" || ratios["alone"] != "– –" {
		t.Errorf("ratios are %q", ratios)
	}
	for _, name := range []string{"only", "other", "neither"} {
		if _, ok := verdicts[name]; ok {
			t.Errorf("%s, of which a load did not run, is in\n%s", name, out.String())
		}
	}
	var back report
	out.Reset()
	if err := r.writeJSON(&out); err != nil || json.Unmarshal(out.Bytes(), &back) != nil || len(back.Rows) != 6 || back.Rows[2].Ratio != 3 || back.Rows[3].Ratio != 2.5 {
		t.Errorf("JSON: %v, %+v", err, back)
	}
}
