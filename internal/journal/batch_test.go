package journal_test

import (
	"context"
	"fmt"
	"testing"

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
