package directory_test

import (
	"context"
	"errors"
	"maps"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

// asked answers with the sources that it has, and counts the questions.
type asked struct {
	slugs map[directory.SourceID]string
	times int
	err   error
}

func (a *asked) Source(_ context.Context, id directory.SourceID) (*directory.Source, error) {
	a.times++
	slug, ok := a.slugs[id]
	switch {
	case a.err != nil:
		return nil, a.err
	case !ok:
		return nil, directory.ErrNotFound
	}
	return &directory.Source{ID: id, Slug: slug}, nil
}

func TestSlugs_AsksOncePerSource(t *testing.T) {
	t.Parallel()
	r := &asked{slugs: map[directory.SourceID]string{1: "acme", 2: "corp", 3: "other"}}
	got, err := directory.Slugs(t.Context(), r, 2, 1, 2, 9, 0, 9, 1)
	want := map[directory.SourceID]string{1: "acme", 2: "corp"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if r.times != 3 {
		t.Errorf("%d look-ups, want one for each of the three ids", r.times)
	}
	r.err = errors.New("the disk is gone")
	if _, err := directory.Slugs(t.Context(), r, 1); !errors.Is(err, r.err) {
		t.Errorf("got %v, want the failure", err)
	}
}
