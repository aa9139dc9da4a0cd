package directory

import (
	"context"
	"errors"
	"time"
)

// Credential is a token with the source that it opens, as the store has them at one moment.
type Credential struct {
	Token  *Token
	Source *Source
}

// Credential looks a token up by its public id; ErrNotFound when there is none. Whether its text is
// right and whether it is usable is for the caller to check, with Keyring.Check and Token.Usable.
func (s *Sources) Credential(ctx context.Context, id TokenID) (*Credential, error) {
	c := &Credential{}
	err := s.store.View(ctx, func(r Reader) (err error) {
		if c.Token, err = r.Token(ctx, id); err != nil {
			return err
		}
		c.Source, err = r.Source(ctx, c.Token.Source)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// TouchToken notes that a token was used at the given time. It writes at most once a minute for each
// token, and not at all for a token that is gone.
func (s *Sources) TouchToken(ctx context.Context, id TokenID, at time.Time) error {
	err := s.store.Update(ctx, func(w Writer) error {
		t, err := w.Token(ctx, id)
		if err != nil || at.Sub(t.LastUsed) < time.Minute {
			return err
		}
		t.LastUsed = at.UTC().Truncate(time.Microsecond)
		return w.UpdateToken(ctx, t)
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Lookup returns a source by its slug alone, without what a page about it shows.
func (s *Sources) Lookup(ctx context.Context, slug string) (src *Source, err error) {
	err = s.store.View(ctx, func(r Reader) error {
		src, err = r.SourceBySlug(ctx, slug)
		return err
	})
	return src, err
}
