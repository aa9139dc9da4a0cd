package server

import (
	"testing"

	"github.com/rosterhq/roster/scim"
)

func TestParameters_Malformed(t *testing.T) {
	t.Parallel()
	req(t, "R-PAGE-06", "R-FILTER-02", "R-SORT-02", "R-SORT-09", "R-PROJ-04")
	h := newHarness(t)
	tests := []struct {
		query string
		want  scim.ErrorType
	}{
		{"filter=", scim.InvalidFilter},
		{"filter=+", scim.InvalidFilter},
		{"filter", scim.InvalidFilter},
		{"filter=userName+pr&filter=userName+eq+%22x%22", scim.InvalidFilter},
		{"filter=userName+pr&FILTER=userName+pr", scim.InvalidFilter},
		{"filter=%zz", scim.InvalidFilter},
		{"filter=userName+eq+%22%ff%22", scim.InvalidFilter},
		{"count=1;filter=userName%20eq%20%22x%22", scim.InvalidValue},
		{"count=1&count=2", scim.InvalidValue},
		{"count=%zz", scim.InvalidValue},
		{"%zz=1", scim.InvalidValue},
		{"count=abc", scim.InvalidValue},
		{"count=1.5", scim.InvalidValue},
		{"count=0x10", scim.InvalidValue},
		{"startIndex=abc", scim.InvalidValue},
		{"startIndex=1e3", scim.InvalidValue},
		{"sortBy=userName&sortOrder=up", scim.InvalidValue},
		{"sortBy=nope", scim.InvalidPath},
		{"sortBy=password", scim.InvalidPath},
		{"sortBy=name", scim.InvalidPath},
		{"sortBy=userName;DROP", scim.InvalidValue},
		{"sortBy=(select%20pg_sleep(5))", scim.InvalidPath},
		{"attributes=userName&excludedAttributes=name", scim.InvalidValue},
		{"cursor=&startIndex=1", scim.InvalidCursor},
		{"cursor=nonsense", scim.InvalidCursor},
	}
	for _, test := range tests {
		h.do("GET", "/Users?"+test.query, "").wantError(400, test.want)
	}
}

func TestParameters_Tolerated(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-11", "R-HTTP-18", "R-PROJ-08", "R-GET-02")
	h := newHarness(t)
	id := h.user("a+b c").id()
	for _, query := range []string{
		"filter=userName+eq+%22a%2Bb+c%22", "filter=userName%20eq%20%22a%2Bb%20c%22", "FILTER=USERNAME+EQ+%22A%2BB+C%22&",
		"filter=userName+eq+%22a%2Bb+c%22&aadOptscim062020", "filter=userName+pr&attributes=&sortBy=&sortOrder=&count=&startIndex=",
		"&&filter=userName+pr&", "filter=userName+pr?", "STARTINDEX=0&Count=5", "startIndex=%2B1", "startIndex=-99999999999999999999",
		"count=99999999999999999999", "sortBy=userName&sortOrder=DESCENDING", "unknown=1&unknown=2",
	} {
		h.do("GET", "/Users?"+query, "").want(200).wantAt("totalResults", 1).wantAt("Resources.0.id", id).wantAt("startIndex", 1)
	}
	h.do("GET", "/Users/"+id+"?filter=nonsense+(&count=x", "").want(200).wantAt("id", id)
}
