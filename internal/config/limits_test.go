package config

import (
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

func parseServer(t *testing.T, args ...string) (*Server, error) {
	t.Helper()
	var s Server
	p, err := kong.New(&s)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Parse(args)
	return &s, err
}

func TestLimits_DefaultsAndFlags(t *testing.T) {
	t.Parallel()
	s, err := parseServer(t, "--limit-body", "1MiB", "--limit-page-max=50", "--limit-page=50", "--limit-queue-wait", "3s", "--limit-string", "4096")
	if err != nil {
		t.Fatal(err)
	}
	want := Limits{URL: 16 << 10, Body: 1 << 20, BulkBody: 16 << 20, JSONDepth: 32, JSONKeys: 2000, String: 4096, UserName: 320, Values: 100,
		Members: 100_000, PatchOperations: 5000, BulkOperations: 1000, Filter: 8 << 10, FilterDepth: 32, FilterTerms: 200,
		Page: 50, PageMax: 50, ConcurrentReads: 16, ConcurrentWrites: 128, Queue: 1000, QueueWait: 3 * time.Second, Search: 10 * time.Second}
	if s.Limits != want {
		t.Errorf("limits\n got %+v\nwant %+v", s.Limits, want)
	}
}

func TestLimits_Environment(t *testing.T) {
	t.Setenv("ROSTER_LIMIT_MEMBERS", "12")
	s, err := parseServer(t)
	if err != nil || s.Limits.Members != 12 {
		t.Errorf("members = %d, %v, want 12", s.Limits.Members, err)
	}
}

func TestLimits_Refusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ flag, want string }{
		{"--limit-body=16MB", "such as 65536"},
		{"--limit-body=0", "such as 65536"},
		{"--limit-body=99999999999GiB", "such as 65536"},
		{"--limit-members=-1", "positive"},
		{"--limit-page=2000", "page-max"},
	} {
		s, err := parseServer(t, tt.flag)
		if err == nil {
			err = s.Limits.Validate()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one that says %q", tt.flag, err, tt.want)
		}
	}
}
