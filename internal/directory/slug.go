package directory

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSlug is the longest slug: that of a DNS label.
const maxSlug = 63

// reservedSlugs would be mistaken for parts of a URL or for the built-in source.
var reservedSlugs = []string{BuiltinSlug, "builtin", "scim", "source", "sources", "v2", "api", "admin", "new", "me", "all"}

// CheckSlug says what is wrong with a slug that somebody chose; the error is an *InputError.
func CheckSlug(slug string) error {
	reason := ""
	switch {
	case slug == "":
		reason = "must not be empty"
	case len(slug) > maxSlug:
		reason = "must have at most 63 characters"
	case strings.ContainsFunc(slug, notSlugRune):
		reason = "may consist of a-z, 0-9 and - only"
	case slug[0] == '-' || slug[len(slug)-1] == '-':
		reason = "must not begin or end with -"
	case reserved(slug):
		reason = "is reserved; choose another one"
	default:
		return nil
	}
	return &InputError{Field: "slug", Value: slug, Reason: reason}
}

func notSlugRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}

func reserved(slug string) bool {
	for _, r := range reservedSlugs {
		if r == slug {
			return true
		}
	}
	return false
}

// SlugOf derives a slug from a name: lower case, accents dropped, everything else one hyphen. It is
// always a valid slug.
func SlugOf(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		if notSlugRune(r) || r == '-' {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(r)
	}
	slug := shorten(b.String(), maxSlug)
	switch {
	case slug == "":
		return "source-1"
	case reserved(slug):
		return slug + "-1"
	}
	return slug
}

// numbered returns the n-th alternative of a derived slug that is taken: acme, acme-2, acme-3.
func numbered(slug string, n int) string {
	if n < 2 {
		return slug
	}
	suffix := "-" + strconv.Itoa(n)
	return shorten(slug, maxSlug-len(suffix)) + suffix
}

func shorten(slug string, size int) string {
	if len(slug) > size {
		slug = slug[:size]
	}
	return strings.Trim(slug, "-")
}

// Slugs returns the slugs of the sources with those ids, as far as they exist. Other sources are not looked
// at: there may be thousands.
func Slugs(ctx context.Context, r interface {
	Source(ctx context.Context, id SourceID) (*Source, error)
}, ids ...SourceID) (map[SourceID]string, error) {
	slugs := map[SourceID]string{}
	known := map[SourceID]bool{0: true} // no source has it
	for _, id := range ids {
		if known[id] {
			continue
		}
		known[id] = true
		src, err := r.Source(ctx, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		slugs[id] = src.Slug
	}
	return slugs, nil
}
