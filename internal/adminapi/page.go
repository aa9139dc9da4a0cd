package adminapi

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
)

// list is one page of a list.
type list[T any] struct {
	Items []T `json:"items" nullable:"false"`
	// Total is nil where counting would cost as much as reading everything.
	Total      *int   `json:"total,omitempty" doc:"Number of all matches; left out where it is not counted."`
	NextCursor string `json:"next_cursor,omitempty" doc:"Give it back as cursor for the next page; absent on the last page."`
}

// Paging are the parameters of every list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Size of the page."`
	Cursor string `query:"cursor" maxLength:"128" doc:"next_cursor of the page before."`
}

// cursor encodes a place in the list called name as an opaque text.
func cursor(name string, place ...int64) string {
	text := name
	for _, n := range place {
		text += "." + strconv.FormatInt(n, 10)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// placeOf decodes a cursor of the list called name with n numbers; nil when there is none. Anything that
// this API did not give out for that list is a mistake.
func (p Paging) placeOf(name string, n int) ([]int64, error) {
	if p.Cursor == "" {
		return nil, nil
	}
	bad := mistake("query.cursor", "The cursor does not belong to this list. Begin again without one.")
	text, err := base64.RawURLEncoding.Strict().DecodeString(p.Cursor)
	parts := strings.Split(string(text), ".")
	if err != nil || len(parts) != n+1 || parts[0] != name {
		return nil, bad
	}
	place := make([]int64, n)
	for i, part := range parts[1:] {
		place[i], err = strconv.ParseInt(part, 10, 64)
		if err != nil || place[i] < 0 || strconv.FormatInt(place[i], 10) != part {
			return nil, bad
		}
	}
	return place, nil
}

// slice makes a page of a list that is whole in memory.
func slice[T any](name string, all []T, p Paging) (*body[list[T]], error) {
	offset, err := p.offsetOf(name)
	if err != nil {
		return nil, err
	}
	offset = min(offset, len(all))
	return answer(pageAt(name, all[offset:min(offset+p.Limit, len(all))], offset, len(all))), nil
}

// offsetOf decodes the cursor of a list that is read by position.
func (p Paging) offsetOf(name string) (int, error) {
	place, err := p.placeOf(name, 1)
	if err != nil || place == nil {
		return 0, err
	}
	return int(min(place[0], math.MaxInt)), nil
}

// pageAt is the page of a list that has the items behind offset ones of a total.
func pageAt[T any](name string, items []T, offset, total int) list[T] {
	page := list[T]{Items: items, Total: &total}
	if end := offset + len(items); len(items) > 0 && end < total {
		page.NextCursor = cursor(name, int64(end))
	}
	return page
}
