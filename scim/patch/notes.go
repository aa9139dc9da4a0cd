package patch

import (
	"slices"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// The codes of notes that only PATCH gives; others come from scim/schema. T… numbers are those of
// the tolerance table in the documentation.
const (
	// NoteLetterCase: "op" or "Operations" was written in another letter case.
	NoteLetterCase = "T1"
	// NoteRemoveListed: the values of a remove operation were taken as the ones to remove.
	NoteRemoveListed = "T3"
	// NoteCreated: a filter that selected nothing described the value that was made.
	NoteCreated = "T4"
	// NoteNull: a path or value of null was taken as absent.
	NoteNull = "T6"
	// NoteExtraKey: the message had members that PATCH does not have.
	NoteExtraKey = "T14"
	// NoteJSONText: a value without path was JSON text in a string.
	NoteJSONText = "T17"
	// NoteNothingSelected: a remove operation found nothing to remove.
	NoteNothingSelected = "nothing-selected"
	// NoteValueIgnored: the value of a remove operation had no meaning.
	NoteValueIgnored = "value-ignored"
)

// maxNotes bounds the notes of one request; 5,000 operations may all be alike.
const maxNotes = 100

// notes collects notes, one for each code and path.
type notes []schema.Note

// maxPath is the most bytes of a path in a note: two URNs of ordinary length fit.
const maxPath = 400

func (n *notes) add(code, path, message string) {
	if len(path) > maxPath {
		path = scim.Abbreviate(path)
	}
	n.merge([]schema.Note{{Code: code, Path: path, Message: message}})
}

func (n *notes) merge(more []schema.Note) {
	for _, m := range more {
		same := func(o schema.Note) bool { return o.Code == m.Code && o.Path == m.Path }
		if len(*n) < maxNotes && !slices.ContainsFunc(*n, same) {
			*n = append(*n, m)
		}
	}
}
