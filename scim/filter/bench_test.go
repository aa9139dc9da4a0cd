package filter_test

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

const (
	lookup = `userName eq "bjensen@example.com"`
	large  = `userType ne "Employee" and not (emails[type eq "work" and value co "@example.com"] or emails.value sw "x\u00e9") and meta.lastModified gt "2011-05-13T04:42:34Z"`
)

func BenchmarkParse(b *testing.B) {
	for name, in := range map[string]string{"lookup": lookup, "large": large, "hostile": strings.Repeat("(", 1<<20)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = filter.Parse(in, filter.Limits{})
			}
		})
	}
}

func BenchmarkBind(b *testing.B) {
	user := schema.Core().TypeByName("User")
	for name, in := range map[string]string{"lookup": lookup, "large": large} {
		e := mustParse(b, in)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := filter.Bind(e, user); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	user := schema.Core().TypeByName("User")
	obj := loadFixtures(b).resources["u-bjensen"]
	for name, in := range map[string]string{"lookup": lookup, "large": large} {
		f := mustBind(b, in, user)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Match(obj)
			}
		})
	}
}
