package scim_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAPI_ChangesOnPurpose compares what the library exports with testdata/api.txt, so that nothing that
// others build on changes by accident.
func TestAPI_ChangesOnPurpose(t *testing.T) {
	t.Parallel()
	var dirs []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if d.Name() == "testdata" {
			return filepath.SkipDir
		}
		dirs = append(dirs, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(dirs)
	var got bytes.Buffer
	for _, dir := range dirs {
		if err := writeAPI(&got, dir); err != nil {
			t.Fatal(err)
		}
	}
	const name = "testdata/api.txt"
	if os.Getenv("ROSTER_UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		t.Errorf("the library's API changed; if that was meant, run this test with ROSTER_UPDATE_GOLDEN=1 and commit %s:\n%s", name, firstDifference(want, got.Bytes()))
	}
}

func firstDifference(want, got []byte) string {
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\n-%s\n+%s", i+1, w[i], g[i])
		}
	}
	return fmt.Sprintf("%d lines were %d", len(g), len(w))
}

var gofmt = printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}

// writeAPI writes the exported declarations of the package in a folder, without comments and bodies.
func writeAPI(out *bytes.Buffer, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			return err
		}
		parsed = append(parsed, f)
	}
	path := strings.TrimSuffix("github.com/rosterhq/roster/scim/"+filepath.ToSlash(dir), "/.")
	p, err := doc.NewFromFiles(set, parsed, path)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "package %s // %s\n", p.Name, path)
	write := func(node ast.Node) {
		if err == nil {
			out.WriteByte('\n')
			err = gofmt.Fprint(out, set, node)
			out.WriteByte('\n')
		}
	}
	functions := func(list []*doc.Func) {
		for _, f := range list {
			f.Decl.Body = nil
			write(f.Decl)
		}
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			write(v.Decl)
		}
	}
	values(p.Consts)
	values(p.Vars)
	functions(p.Funcs)
	for _, t := range p.Types {
		write(t.Decl)
		values(t.Consts)
		values(t.Vars)
		functions(t.Funcs)
		functions(t.Methods)
	}
	out.WriteByte('\n')
	return err
}
