package web

import (
	"bytes"
	"io/fs"
	"testing"
)

func TestDist_AlwaysHoldsThePlaceholder(t *testing.T) {
	t.Parallel()
	page, err := fs.ReadFile(Dist(), "placeholder.html")
	if err != nil {
		t.Fatalf("the placeholder page is missing: %v", err)
	}
	if !bytes.Contains(page, []byte("make build")) {
		t.Errorf("the placeholder page does not say how to build the console")
	}
}

func TestDist_BuiltConsoleHasNoInlineScript(t *testing.T) {
	t.Parallel()
	if !Built() {
		t.Log("the console is not built; only the placeholder was checked")
		return
	}
	page, err := fs.ReadFile(Dist(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	for rest := page; ; {
		at := bytes.Index(rest, []byte("<script"))
		if at < 0 {
			return
		}
		rest = rest[at+len("<script"):]
		end := bytes.IndexByte(rest, '>')
		if end < 0 || !bytes.Contains(rest[:end], []byte(" src=")) {
			t.Fatalf("index.html has a script without src, which the Content-Security-Policy forbids")
		}
	}
}
