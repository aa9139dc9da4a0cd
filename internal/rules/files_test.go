package rules

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxLines is the length at which a hand-written file hides rooms of its own.
const maxLines = 800

var vagueNames = regexp.MustCompile(`(^|/)(util|utils|common|helpers?|models|types|base|manager|misc)(/|\.go$|\.tsx?$)`)

func trackedFiles(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	return strings.Fields(string(out))
}

func TestFiles_StayShortAndWellNamed(t *testing.T) {
	t.Parallel()
	for _, name := range trackedFiles(t) {
		if !handWritten(name) {
			continue
		}
		content, err := os.ReadFile(filepath.Join("../..", name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(content, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines, more than %d: which rooms are hiding in it?", name, n, maxLines)
		}
		if vagueNames.MatchString(name) {
			t.Errorf("%s: the name does not say what is inside", name)
		}
	}
}

func handWritten(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".ts", ".tsx":
	default:
		return false
	}
	return !strings.Contains(name, "/testdata/") && !strings.HasSuffix(name, ".gen.go") && !strings.HasSuffix(name, "schema.d.ts")
}

func TestPackages_SayWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(p.Doc) < 40 {
			t.Errorf("%s has no package comment that says what it is for and what it must not know", p.ImportPath)
		}
	}
}

func TestTests_NeitherSleepNorSkip(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`\btime\.Sleep\(|\bt\.Skip(f|Now)?\(|\btest\.skip\(|\bit\.skip\(`)
	for _, name := range trackedFiles(t) {
		if !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, ".spec.ts") {
			continue
		}
		if name == "internal/rules/files_test.go" {
			continue
		}
		content, err := os.ReadFile(filepath.Join("../..", name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		// In a bubble of testing/synctest sleeping moves a fake clock and takes no time.
		if bytes.Contains(content, []byte(`"testing/synctest"`)) {
			content = bytes.ReplaceAll(content, []byte("time.Sleep("), nil)
		}
		for i, line := range strings.Split(string(content), "\n") {
			if forbidden.MatchString(line) {
				t.Errorf("%s:%d: tests wait for signals and never skip: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	}
}
