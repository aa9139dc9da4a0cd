package directory

import (
	"context"
	"time"
	"unicode/utf8"
)

// issue makes a token of a source within a transaction and returns its text.
func (s *Sources) issue(ctx context.Context, w Writer, src *Source, label string, cause Cause) (string, error) {
	id, text := newTokenText()
	t := &Token{ID: id, Source: src.ID, Label: label, Last4: last4(text), MAC: s.keys.macOf(text),
		Sealed: s.keys.sealText(id, text), Created: clock(s.now)}
	if err := w.InsertToken(ctx, t); err != nil {
		return "", err
	}
	return text, s.auditToken(ctx, w, cause, "token.created", src, t, nil)
}

func (s *Sources) auditToken(ctx context.Context, w Writer, cause Cause, action string, src *Source, t *Token, detail map[string]any) error {
	if detail == nil {
		detail = map[string]any{}
	}
	detail["source"] = src.Slug
	detail["last4"] = t.Last4
	return appendAudit(ctx, w, &AuditEntry{Time: clock(s.now), Cause: cause, Action: action, Source: src.ID,
		ObjectType: "token", ObjectID: string(t.ID), ObjectName: t.Label}, detail)
}

// Tokens returns the tokens of every source, newest first, revoked ones included.
func (s *Sources) Tokens(ctx context.Context) (tokens []*Token, err error) {
	err = s.store.View(ctx, func(r Reader) error {
		tokens, err = r.Tokens(ctx, 0)
		return err
	})
	return tokens, err
}

// AddToken makes a further token of a source beside those that it has.
func (s *Sources) AddToken(ctx context.Context, slug, label string, cause Cause) (text string, err error) {
	if label == "" {
		label = "added " + clock(s.now).Format(time.DateOnly)
	}
	if utf8.RuneCountInString(label) > 128 {
		return "", &InputError{Field: "label", Value: label, Reason: "must have at most 128 characters"}
	}
	err = s.update(ctx, func(w Writer) error {
		src, err := s.entrance(ctx, w, slug)
		if err != nil {
			return err
		}
		text, err = s.issue(ctx, w, src, label, cause)
		return err
	})
	return text, err
}

// RotateToken makes a new token and lets the usable ones end after overlap, or at once when it is 0.
// previousExpires is the end of the old tokens, zero when there were none.
func (s *Sources) RotateToken(ctx context.Context, slug string, overlap time.Duration, cause Cause) (text string, previousExpires time.Time, err error) {
	if overlap < 0 || overlap > 90*24*time.Hour {
		return "", time.Time{}, &InputError{Field: "overlap", Value: overlap.String(), Reason: "must be between 0 and 90 days"}
	}
	err = s.update(ctx, func(w Writer) error {
		previousExpires = time.Time{}
		src, err := s.entrance(ctx, w, slug)
		if err != nil {
			return err
		}
		now := clock(s.now)
		end := now.Add(overlap)
		tokens, err := w.Tokens(ctx, src.ID)
		if err != nil {
			return err
		}
		for _, t := range tokens {
			if !t.Usable(now) {
				continue
			}
			previousExpires = end
			if overlap == 0 {
				t.Revoked = now
			} else if t.Expires.IsZero() || t.Expires.After(end) {
				t.Expires = end
			}
			if err := w.UpdateToken(ctx, t); err != nil {
				return err
			}
			if err := s.auditToken(ctx, w, cause, "token.rotated", src, t, map[string]any{"ends_at": end.Format(time.RFC3339)}); err != nil {
				return err
			}
		}
		text, err = s.issue(ctx, w, src, "rotated "+now.Format(time.DateOnly), cause)
		return err
	})
	return text, previousExpires, err
}

// entrance returns a source that has tokens: any but the built-in one.
func (s *Sources) entrance(ctx context.Context, r Reader, slug string) (*Source, error) {
	src, err := r.SourceBySlug(ctx, slug)
	if err != nil {
		return nil, err
	}
	if src.ID == BuiltinSource {
		return nil, &InputError{Field: "source", Value: slug, Reason: "is built in and has no token"}
	}
	return src, nil
}

// RevealToken returns the text of the newest usable token of a source and writes an audit row about
// it; ErrNotFound when it has none.
func (s *Sources) RevealToken(ctx context.Context, slug string, cause Cause) (string, error) {
	return s.reveal(ctx, cause, func(r Reader) (*Source, *Token, error) {
		src, err := s.entrance(ctx, r, slug)
		if err != nil {
			return nil, nil, err
		}
		tokens, err := r.Tokens(ctx, src.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, t := range tokens {
			if t.Usable(clock(s.now)) {
				return src, t, nil
			}
		}
		return nil, nil, ErrNotFound
	})
}

// RevealTokenByID is RevealToken for one token, which must be usable.
func (s *Sources) RevealTokenByID(ctx context.Context, id TokenID, cause Cause) (string, error) {
	return s.reveal(ctx, cause, func(r Reader) (*Source, *Token, error) {
		t, err := r.Token(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		if !t.Usable(clock(s.now)) {
			return nil, nil, ErrNotFound
		}
		src, err := r.Source(ctx, t.Source)
		return src, t, err
	})
}

func (s *Sources) reveal(ctx context.Context, cause Cause, find func(Reader) (*Source, *Token, error)) (text string, err error) {
	err = s.update(ctx, func(w Writer) error {
		src, t, err := find(w)
		if err != nil {
			return err
		}
		if text, err = s.keys.open(t); err != nil {
			return err
		}
		return s.auditToken(ctx, w, cause, "token.revealed", src, t, nil)
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// RevokeToken ends a token at once. Revoking it again changes nothing.
func (s *Sources) RevokeToken(ctx context.Context, id TokenID, cause Cause) error {
	return s.update(ctx, func(w Writer) error {
		t, err := w.Token(ctx, id)
		if err != nil {
			return err
		}
		if !t.Revoked.IsZero() {
			return nil
		}
		src, err := w.Source(ctx, t.Source)
		if err != nil {
			return err
		}
		t.Revoked = clock(s.now)
		if err := w.UpdateToken(ctx, t); err != nil {
			return err
		}
		return s.auditToken(ctx, w, cause, "token.revoked", src, t, nil)
	})
}
