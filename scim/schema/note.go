package schema

import "github.com/rosterhq/roster/scim"

// Note records something that was understood although it is not what the RFCs ask for, or that was
// left out. It is meant for the record of the request, not for the client.
type Note struct {
	// Code is one of the Note… constants. T… numbers are those of the tolerance table in the
	// documentation.
	Code string
	// Path is the attribute concerned, such as "emails.primary"; several values of one attribute
	// give one note.
	Path string
	// Message is a sentence for administrators. It holds no values that were sent.
	Message string
}

// The codes of notes.
const (
	// NoteStringBoolean: "True" or "False" as a string was taken as a boolean.
	NoteStringBoolean = "T2"
	// NoteDottedKey: a key such as "name.givenName" or "URN:attribute" was resolved.
	NoteDottedKey = "T5"
	// NoteComplexShape: a string or an array stood for a complex value, as for manager.
	NoteComplexShape = "T7"
	// NoteEmptyString: the empty string was taken as no value.
	NoteEmptyString = "T8"
	// NoteSchemas: schemas was missing, mistyped or of an old draft.
	NoteSchemas = "T9"
	// NoteSingleValue: one bare value stood for a list of one.
	NoteSingleValue = "single-value"
	// NoteDuplicateValue: the same value was sent twice and kept once.
	NoteDuplicateValue = "duplicate-value"
	// NoteCoreURN: core attributes were nested under the URN of their schema.
	NoteCoreURN = "core-urn"
	// NoteUnknown: an attribute that no schema of the type has was ignored.
	NoteUnknown = "unknown-attribute"
	// NoteUnmapped: an unknown extension, or an unknown attribute of a known one, was kept verbatim.
	NoteUnmapped = "unmapped-extension"
	// NoteReadOnly: a read-only attribute was ignored.
	NoteReadOnly = "read-only-ignored"
	// NotePassword: a password was thrown away.
	NotePassword = "password-discarded"
)

// maxNotes bounds the notes of one resource; a record of a request has no use for more.
const maxNotes = 100

// note adds a note unless there is one of the same code and path.
func (c *canonicalizer) note(code string, at place, message string) {
	path := at.String()
	if len(path) > 2*maxURN {
		path = scim.Abbreviate(path)
	}
	for i := range c.notes {
		if c.notes[i].Code == code && c.notes[i].Path == path {
			return
		}
	}
	if len(c.notes) < maxNotes {
		c.notes = append(c.notes, Note{Code: code, Path: path, Message: message})
	}
}

// place says where a value stands, without making a string of it until somebody has to read it.
type place struct{ urn, attr, sub string }

func (p place) String() string {
	s := p.attr
	if p.urn != "" {
		if s != "" {
			s = ":" + s
		}
		s = p.urn + s
	}
	if p.sub != "" {
		s += "." + p.sub
	}
	return s
}

// Path returns the standard notation of the reference (RFC 7644 §3.10): [URN:]name[.sub].
func (r Ref) Path() string {
	p := place{urn: r.URN}
	if r.Attr != nil {
		p.attr = r.Attr.Name
	}
	if r.Sub != nil {
		p.sub = r.Sub.Name
	}
	return p.String()
}
