package requirement

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func TestDocument_IsUpToDate(t *testing.T) {
	t.Parallel()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	pins, err := Pins(root)
	if err != nil {
		t.Fatal(err)
	}
	want := Document(all, pins)
	const name = root + "/docs/conformance.md"
	if os.Getenv("ROSTER_UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/conformance.md is stale; run this test with ROSTER_UPDATE_GOLDEN=1 and commit the page")
	}
}

func TestEveryRequirement_IsPinned(t *testing.T) {
	t.Parallel()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	pins, err := Pins(root)
	if err != nil {
		t.Fatal(err)
	}
	divergences, err := os.ReadFile(root + "/docs/divergences.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range all {
		if r.Differs != "" && !bytes.Contains(divergences, []byte(r.ID)) {
			t.Errorf("%s is not kept, but docs/divergences.md does not say why", r.ID)
		}
		known[r.ID] = true
		if r.NotApplicable == "" && len(pins[r.ID]) == 0 {
			t.Errorf("%s has no test: %s", r.ID, r.Sentence)
		}
		if level(r.Level) == "" || r.Sentence == "" || r.Section == "" {
			t.Errorf("%s is not complete", r.ID)
		}
	}
	for id, tests := range pins {
		if !known[id] && !slices.ContainsFunc(tests, func(t string) bool { return strings.HasPrefix(t, "internal/requirement:") }) {
			t.Errorf("%s is no requirement, but named by %v", id, tests)
		}
	}
}

func TestCollect_FindsTestsThatNameAnID(t *testing.T) {
	t.Parallel()
	id := func(n string) string { return "R-" + "X-" + n } // not to be found in this source
	source := []byte(`package x
// A comment elsewhere is no pin: ` + id("01") + `.
// Pins ` + id("02") + ` and ` + id("03") + `.
func TestA(t *testing.T) { t.Run("` + id("04") + ` something", nil) }
func helper() { _ = "` + id("05") + `" }
func TestB(t *testing.T) { for _, s := range []string{"` + id("02") + `"} { use(s) } }
`)
	pins := map[string][]string{}
	if err := collect(pins, "some/dir", "x_test.go", bytes.ReplaceAll(source, []byte("// A comment"), []byte("var _ = 0 // A comment"))); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"02": "some/dir: TestA some/dir: TestB", "03": "some/dir: TestA", "04": "some/dir: TestA"}
	for n, tests := range want {
		if got := strings.Join(pins[id(n)], " "); got != tests {
			t.Errorf("%s: %q, want %q", n, got, tests)
		}
	}
	if len(pins) != len(want) {
		t.Errorf("pins %v", pins)
	}
	if err := collect(pins, "d", "x_test.go", []byte("package "+id("01"))); err == nil {
		t.Error("a source that cannot be parsed is no error")
	}
	checked := map[string][]string{}
	if err := collect(checked, checks, "write.go", source); err != nil || strings.Join(checked[id("05")], "") != checks+": Check" {
		t.Errorf("checks %v, %v", checked, err)
	}
}

func TestParse_Refuses(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"R-A-01 | M | x", "A-01 | M | x | y", "R-A-01 | M | x | y | perhaps", "R-A-01 | M | x | y\nR-A-01 | M | x | y",
	} {
		if _, err := parse("## S\n" + line); err == nil {
			t.Errorf("%q was accepted", line)
		}
	}
	all, err := parse("## S\n# c\n\nR-A-01 | N/Z | RFC 1 | y | differs: z\nR-A-02 | o |  | y | not applicable: w\n")
	if err != nil || len(all) != 2 || all[0].Differs != "z" || all[0].Section != "S" || all[1].NotApplicable != "w" || all[1].Source != "" {
		t.Errorf("%+v, %v", all, err)
	}
	page := string(Document(all, map[string][]string{"R-A-01": {"p: TestX"}}))
	for _, want := range []string{"| R-A-01 | must not, should not | RFC 1 | y | differs: z ([divergences](divergences.md)) | `p: TestX` |", "## S", "not applicable: w"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
