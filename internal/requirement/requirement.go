package requirement

import (
	_ "embed" // the list of requirements
	"fmt"
	"strings"
)

//go:embed requirements.txt
var list string

// Requirement is one line of requirements.txt.
type Requirement struct {
	// ID is such as R-HTTP-01. Section is the heading that it stands under.
	ID, Section string
	// Level is how binding it is: M must, N must not, S should, Z should not, o optional, I and P of
	// interoperability profiles, V expected by clients or test suites.
	Level string
	// Source is where it comes from, Sentence what it asks.
	Source, Sentence string
	// Differs tells how Roster deliberately differs, NotApplicable why nothing is to be done. At most
	// one is set; neither means that the requirement is kept.
	Differs, NotApplicable string
}

// All returns the requirements in order.
func All() ([]Requirement, error) { return parse(list) }

func parse(text string) ([]Requirement, error) {
	var all []Requirement
	section := ""
	seen := map[string]bool{}
	for n, line := range strings.Split(text, "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			section = heading
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, " | ")
		if len(fields) < 4 || len(fields) > 5 {
			return nil, fmt.Errorf("requirements.txt:%d: want id | level | source | sentence, and perhaps a verdict", n+1)
		}
		r := Requirement{ID: fields[0], Section: section, Level: fields[1], Source: strings.TrimSpace(fields[2]), Sentence: fields[3]}
		if seen[r.ID] || !idPattern.MatchString(r.ID) {
			return nil, fmt.Errorf("requirements.txt:%d: %q is no id, or stands there twice", n+1, r.ID)
		}
		seen[r.ID] = true
		if len(fields) == 5 {
			var differs, none bool
			r.Differs, differs = strings.CutPrefix(fields[4], "differs: ")
			r.NotApplicable, none = strings.CutPrefix(fields[4], "not applicable: ")
			if differs {
				r.NotApplicable = ""
			} else if none {
				r.Differs = ""
			} else {
				return nil, fmt.Errorf("requirements.txt:%d: a verdict starts with \"differs: \" or \"not applicable: \"", n+1)
			}
		}
		all = append(all, r)
	}
	return all, nil
}
