package sqlstore

import (
	"context"
	"errors"

	"github.com/rosterhq/roster/internal/directory"
)

var (
	_ directory.Store  = (*Store)(nil)
	_ directory.Writer = (*tx)(nil)
)

// View implements directory.Store.
func (s *Store) View(ctx context.Context, fn func(directory.Reader) error) error {
	return s.view(ctx, func(t *tx) error { return fn(t) })
}

// Peek implements directory.Store.
func (s *Store) Peek(ctx context.Context, fn func(directory.Reader) error) error {
	return s.engine.peek(ctx, func(t *tx) error { return fn(t) })
}

// Update implements directory.Store. Writers take turns; those that wait share one commit. fn runs on a
// goroutine of the store.
func (s *Store) Update(ctx context.Context, fn func(directory.Writer) error) error {
	return s.update(ctx, func(t *tx) error { return fn(t) })
}

// orNotFound turns the absence of a row into the directory's error for it.
func orNotFound(err error) error {
	if errors.Is(err, errNoRow) {
		return directory.ErrNotFound
	}
	return err
}

// changed turns a statement that met no row into directory.ErrNotFound.
func changed(n int64, err error) error {
	if err == nil && n == 0 {
		return directory.ErrNotFound
	}
	return err
}
