package obs

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// calls remembers what it was given, call by call.
type calls struct{ got []string }

func (c *calls) Write(p []byte) (int, error) {
	c.got = append(c.got, string(p))
	return len(p), nil
}

func TestLogWriter_WritesLinesTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out calls
		w := NewLogWriter(&out)
		for n := range 3 {
			fmt.Fprintf(w, "line %d\n", n)
		}
		if len(out.got) != 0 {
			t.Errorf("written at once: %q", out.got)
		}
		time.Sleep(2 * logDelay)
		if len(out.got) != 1 || out.got[0] != "line 0\nline 1\nline 2\n" {
			t.Errorf("after a moment: %q", out.got)
		}
		long := strings.Repeat("x", logSize)
		io.WriteString(w, long)
		if len(out.got) != 2 || out.got[1] != long {
			t.Errorf("a full buffer made %d writes", len(out.got))
		}
		io.WriteString(w, "last\n")
		if err := w.Close(); err != nil || len(out.got) != 3 || out.got[2] != "last\n" {
			t.Errorf("at the end: %q, %v", out.got[2:], err)
		}
	})
}

func TestLogWriter_LosesNoLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := NewLogWriter(&out)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				io.WriteString(w, strings.Repeat("y", 99)+"\n")
			}
		})
	}
	wg.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for _, line := range lines {
		if len(line) != 99 {
			t.Fatalf("a line of %d bytes", len(line))
		}
	}
	if len(lines) != 8000 {
		t.Errorf("%d lines", len(lines))
	}
}
