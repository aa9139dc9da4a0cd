package requirement

import (
	"bytes"
	"fmt"
	"strings"
)

// levels are told in words, in this order.
var levels = map[byte]string{'M': "must", 'N': "must not", 'S': "should", 'Z': "should not", 'o': "may", 'I': "profile", 'P': "profile", 'V': "expected"}

func level(codes string) string {
	var words []string
	for code := range strings.SplitSeq(codes, "/") {
		if w := levels[code[0]]; w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

func (r Requirement) verdict() string {
	switch {
	case r.Differs != "":
		return "differs: " + r.Differs + " ([divergences](divergences.md))"
	case r.NotApplicable != "":
		return "not applicable: " + r.NotApplicable
	}
	return "kept"
}

// Document writes docs/conformance.md.
func Document(all []Requirement, pins map[string][]string) []byte {
	var kept, differ, none int
	for _, r := range all {
		switch {
		case r.Differs != "":
			differ++
		case r.NotApplicable != "":
			none++
		default:
			kept++
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `# Conformance

What RFC 7643, 7644, 6750, 8417, 8935, 8936, 9865 and 9967 and the clients in the field ask of a SCIM
service provider, what Roster does, and the tests that say so: %d requirements, of which %d are kept, %d
deliberately not to the letter, and %d do not apply.

This page is written by `+"`ROSTER_UPDATE_GOLDEN=1 go test ./internal/requirement`"+` from
internal/requirement/requirements.txt and the sources of the tests; a test fails when it is stale, when
a requirement has no test, or when a test names one that does not exist. `+"`scim/scimtest: Check`"+` are the
checks that `+"`roster conformance`"+` and scimtest.Run make of any server; cmd/roster: TestScripts makes them of
the program itself.
`, len(all), kept, differ, none)
	section := ""
	for _, r := range all {
		if r.Section != section {
			section = r.Section
			fmt.Fprintf(&b, "\n## %s\n\n| id | level | source | requirement | verdict | tests |\n|---|---|---|---|---|---|\n", section)
		}
		var tests []string
		for _, t := range pins[r.ID] {
			tests = append(tests, "`"+t+"`")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.ID, level(r.Level), r.Source, r.Sentence, r.verdict(), strings.Join(tests, "<br>"))
	}
	return b.Bytes()
}
