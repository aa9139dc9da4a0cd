package acceptance

import (
	"context"
	"strings"
	"sync"
	"testing"
)

func traces(t *testing.T) []Trace {
	t.Helper()
	all, err := LoadTraces("testdata/traces")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func player(t *testing.T, source Source) *Player {
	t.Helper()
	return &Player{Client: theServer(t).Client(), Base: source.Base(), Token: source.Token, Run: Random(4)}
}

func TestTraces_OnSourcesOfTheirOwn(t *testing.T) { onEachEngine(t, testTracesOnSourcesOfTheirOwn) }

func testTracesOnSourcesOfTheirOwn(t *testing.T) {
	for _, trace := range traces(t) {
		t.Run(trace.ID, func(t *testing.T) {
			t.Parallel()
			if err := player(t, newSource(t)).Play(t.Context(), &trace); err != nil {
				t.Error(err)
			}
		})
	}
}

// A trace assumes nothing about what others left behind in the same source, and may run again.
func TestTraces_OneAfterAnotherOnOneSource(t *testing.T) {
	t.Parallel()
	source := newSource(t)
	for _, trace := range traces(t) {
		t.Run(trace.ID, func(t *testing.T) {
			if err := player(t, source).Play(t.Context(), &trace); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTraces_AllAtOnceTwiceOnOneSource(t *testing.T) {
	onEachEngine(t, testTracesAllAtOnceTwiceOnOneSource)
}

func testTracesAllAtOnceTwiceOnOneSource(t *testing.T) {
	source, all := newSource(t), traces(t)
	var wait sync.WaitGroup
	for range 2 {
		for _, trace := range all {
			p := player(t, source)
			p.Busy = true
			wait.Go(func() {
				if err := p.Play(t.Context(), &trace); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
}

func TestLoadTraces_RefusesUnknownKeys(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, folder+"/a.json", `{"id":"a","steps":[{"name":"x","expects":{}}]}`)
	if _, err := LoadTraces(folder); err == nil || !strings.Contains(err.Error(), "expects") {
		t.Errorf("got %v, want an error that names the unknown key", err)
	}
	if _, err := LoadTraces(t.TempDir()); err == nil {
		t.Error("a folder without traces was accepted")
	}
}

// playText plays a trace written as JSON against a handler.
func playText(t *testing.T, h *fakeSource, text string) error {
	t.Helper()
	folder := t.TempDir()
	write(t, folder+"/t.json", text)
	all, err := LoadTraces(folder)
	if err != nil {
		t.Fatal(err)
	}
	p := &Player{Client: h.client, Base: "/base/v2", Token: "tok", Run: "r1"}
	return p.Play(context.Background(), &all[0])
}
