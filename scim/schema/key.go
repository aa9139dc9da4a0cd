package schema

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// CaseKey returns the form in which strings are compared ignoring case: full- and half-width forms
// folded, lower case, NFC. It is the mapping of the PRECIS profile UsernameCaseMapped (RFC 8265 §3.3)
// without its refusals, so it is total: names with spaces or symbols have a key as well. ß stays ß,
// and a capital sigma becomes σ in any position.
func CaseKey(s string) string {
	if isASCII(s) {
		return lowerASCII(s)
	}
	// A Caser keeps state, so each call has its own.
	lower := cases.Lower(language.Und, cases.HandleFinalSigma(false))
	return norm.NFC.String(lower.String(width.Fold.String(s)))
}

// ExactKey returns the form in which case-exact strings are compared: NFC (RFC 7644 §7.8).
func ExactKey(s string) string { return norm.NFC.String(s) }

// Key returns the comparison key of a stored or compared string value of a: ExactKey for case-exact
// attributes, references and binary values, else CaseKey. Attributes with a uniqueness are compared
// without surrounding white space, so that " ada " cannot stand beside "ada".
func (a *Attribute) Key(v string) string {
	if a.Uniqueness != "" && a.Uniqueness != UniqueNone {
		v = strings.TrimSpace(v)
	}
	if a.CaseExact || a.Type == Reference || a.Type == Binary {
		return ExactKey(v)
	}
	return CaseKey(v)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func lowerASCII(s string) string {
	for i := range len(s) {
		if s[i] != lower(s[i]) {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				b[j] = lower(b[j])
			}
			return string(b)
		}
	}
	return s
}
