package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/config"
)

func TestList_JSONIsOneArray(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		var out bytes.Buffer
		e := &environment{global: &config.Global{Output: "json"}, out: &out}
		err := e.list("", func(add func(any, string) error) error {
			for i := range n {
				if err := add(map[string]any{"name": fmt.Sprintf("<%d>", i)}, ""); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []map[string]any{}
		for i := range n {
			want = append(want, map[string]any{"name": fmt.Sprintf("<%d>", i)})
		}
		var expected bytes.Buffer
		enc := json.NewEncoder(&expected)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(want); err != nil {
			t.Fatal(err)
		}
		if out.String() != expected.String() {
			t.Errorf("%d items: %q, want %q", n, &out, &expected)
		}
	}
}

func TestList_TableOfManyRows(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	e := &environment{global: &config.Global{}, out: &out}
	err := e.list("ID\tNAME", func(add func(any, string) error) error {
		for i := range 2*tableRows + 1 {
			if err := add(nil, fmt.Sprintf("%d\tx", i)); err != nil {
				return err
			}
		}
		return nil
	})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if err != nil || len(lines) != 2*tableRows+2 || lines[1] != "0    x" || lines[len(lines)-1] != "2000  x" {
		t.Errorf("%d lines from %q to %q, %v", len(lines), lines[0], lines[len(lines)-1], err)
	}
}

func TestList_PassesErrorsOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	e := &environment{global: &config.Global{Output: "json"}, out: &bytes.Buffer{}}
	if err := e.list("", func(func(any, string) error) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}
