package requirement

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	idPattern = regexp.MustCompile(`^R-[A-Z0-9]+-[0-9]{2}$`)
	idInText  = regexp.MustCompile(`\bR-[A-Z0-9]+-[0-9]{2}\b`)
)

// checks is the package whose checks pin by their id; every test that runs them pins them all.
const checks = "scim/scimtest"

// Pins returns, for each id that a Go source below root names, the tests that name it, as
// "scim/filter: TestParse". Only *_test.go files count, and the checks of scim/scimtest.
func Pins(root string) (map[string][]string, error) {
	pins := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "testdata" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(rel)
		if !strings.HasSuffix(path, "_test.go") && dir != checks {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return collect(pins, dir, path, text)
	})
	for id := range pins {
		slices.Sort(pins[id])
		pins[id] = slices.Compact(pins[id])
	}
	return pins, err
}

func collect(pins map[string][]string, dir, path string, text []byte) error {
	if !idInText.Match(text) {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments)
	if err != nil {
		return fmt.Errorf("read the pins of %s: %w", path, err)
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv != nil {
			continue
		}
		name := dir + ": " + f.Name.Name
		switch {
		case !strings.HasSuffix(path, "_test.go"):
			name = dir + ": Check"
		case !strings.HasPrefix(f.Name.Name, "Test"):
			continue
		}
		add := func(text string) {
			for _, id := range idInText.FindAllString(text, -1) {
				pins[id] = append(pins[id], name)
			}
		}
		add(f.Doc.Text())
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				add(lit.Value)
			}
			return true
		})
	}
	return nil
}
