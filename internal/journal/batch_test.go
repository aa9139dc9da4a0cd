package journal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
)

// reading is a successful read.
func reading(n int, source directory.SourceID) *journal.Record {
	r := record(n, source)
	r.Method, r.Status, r.Action, r.Outcome, r.Notes = "GET", 200, "get", journal.Read, nil
	return r
}

func TestJournal_SummarizesCrowdsOfReads(t *testing.T) {
	t.Parallel()
	j := journal.New(openStore(t), journal.Options{Every: 1 << 40})
	ctx := context.Background()
	n := 0
	next := func() int { n++; return n }
	for range 500 {
		j.Add(reading(next(), 7), directory.BodiesKept)
	}
	other := reading(next(), 8)
	j.Add(other, directory.BodiesKept)
	failed, noted, write := reading(next(), 7), reading(next(), 7), record(next(), 7)
	failed.Status, failed.Outcome = 404, journal.Rejected
	noted.Notes = []journal.Note{{Code: "T2"}}
	for _, r := range []*journal.Record{failed, noted, write} {
		j.Add(r, directory.BodiesKept)
	}
	list, err := j.List(ctx, journal.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]*journal.Record{}
	for _, r := range list {
		kept[r.ID] = r
	}
	for _, r := range []*journal.Record{other, failed, noted, write} {
		if kept[r.ID] == nil {
			t.Errorf("%s was not kept", r.ID)
		}
	}
	last := kept["req_500"]
	if len(list) != 64+1+4 || last == nil || len(last.Notes) != 1 || last.Notes[0].Code != "log.summary" {
		t.Fatalf("%d records, the last read is %+v", len(list), last)
	}
	if want := fmt.Sprintf("%d more reads", 500-64-1); last.Notes[0].Message[:len(want)] != want {
		t.Errorf("%q does not say %q", last.Notes[0].Message, want)
	}
	activity, err := j.Status(ctx, &directory.Source{ID: 7, Enabled: true})
	if err != nil || !activity.LastRequest.Equal(write.Time) {
		t.Errorf("last request %v, %v", activity, err)
	}
	if err := j.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestBody_KeepsHarmlessOnesAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ body, want string }{
		{`{"b": 1, "a":"x\n"}`, `{"b": 1, "a":"x\n"}`},
		{`{"b":1,"\u0070assword":"x"}`, `{"b":1,"password":"[removed]"}`},
		{`{"PASSWORD":"x"}`, `{"PASSWORD":"[removed]"}`},
		{`{"to` + "\u212a" + `en":"x"}`, `{"to` + "\u212a" + `en":"[removed]"}`},
		{`{"a":}`, `"[the body is no JSON and was not kept]"`},
	} {
		if got := journal.Body(directory.BodiesKept, []byte(c.body)); string(got) != c.want {
			t.Errorf("%s is kept as %s, not %s", c.body, got, c.want)
		}
	}
}

// timedStore tells when records came.
type timedStore struct {
	journal.Store
	came []string
}

func (s *timedStore) AppendRequests(_ context.Context, records []*journal.Record) error {
	s.came = append(s.came, fmt.Sprintf("%d after %v", len(records), time.Since(beginning)))
	return nil
}

var beginning = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of the clock in a bubble

func TestJournal_PlainReadsWaitLonger(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		add  func(j *journal.Journal)
		want string
	}{
		"a read":                {func(j *journal.Journal) { j.Add(reading(1, 7), directory.BodiesKept) }, "1 after 1s"},
		"a write":               {func(j *journal.Journal) { j.Add(record(1, 7), directory.BodiesKept) }, "1 after 250ms"},
		"a full batch of reads": {func(j *journal.Journal) { addReads(j, 256) }, "256 after 0s"},
		"a read, later a write": {func(j *journal.Journal) {
			j.Add(reading(1, 7), directory.BodiesKept)
			time.Sleep(500 * time.Millisecond)
			j.Add(record(2, 7), directory.BodiesKept)
		}, "2 after 750ms"},
		"a write, later a read": {func(j *journal.Journal) {
			j.Add(record(1, 7), directory.BodiesKept)
			time.Sleep(200 * time.Millisecond)
			j.Add(reading(2, 7), directory.BodiesKept)
		}, "2 after 250ms"},
		"a write, long after it a read": {func(j *journal.Journal) {
			j.Add(record(1, 7), directory.BodiesKept)
			time.Sleep(300 * time.Millisecond)
			j.Add(reading(2, 7), directory.BodiesKept)
		}, "1 after 250ms 1 after 1.3s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &timedStore{}
				j := journal.New(s, journal.Options{})
				test.add(j)
				time.Sleep(10 * time.Second)
				if err := j.Close(context.Background()); err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(s.came, " "); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
			})
		})
	}
}

// addReads adds reads of as many sources as it takes for none to be summarized.
func addReads(j *journal.Journal, n int) {
	for i := range n {
		j.Add(reading(i, directory.SourceID(7+i/32)), directory.BodiesKept)
	}
}
