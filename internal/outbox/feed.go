package outbox

import (
	"context"
	"errors"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/secevent"
)

// Bounds of what is read of the feed at once.
const (
	batchEntries = 100
	batchBytes   = 8 << 20
)

// entry is one thing there is to tell, in order. token is nil when it is none of the receiver's.
type entry struct {
	mark  Mark
	token *secevent.Token
	// broken is why no token could be made.
	broken error
}

// after is the position behind the entry.
func (e entry) after(p Position) Position {
	if e.mark.Outcome {
		p.Outcome = e.mark.Number
	} else {
		p.Event = directory.Seq(e.mark.Number)
	}
	return p
}

// raw is what one look at the store gave.
type raw struct {
	events   []*directory.Event
	outcomes []*Outcome
	slugs    map[directory.SourceID]string
}

// look reads what comes after a position: events first, and outcomes when there are no more events, so
// that an outcome follows the changes that it is about.
func (r *raw) look(ctx context.Context, from Reader, rc *Receiver, p Position) error {
	*r = raw{}
	if err := r.rows(ctx, from, rc, p); err != nil {
		return err
	}
	var ids []directory.SourceID
	for _, e := range r.events {
		ids = append(ids, e.Source)
	}
	for _, o := range r.outcomes {
		ids = append(ids, o.Source)
	}
	var err error
	r.slugs, err = directory.Slugs(ctx, from, ids...)
	return err
}

func (r *raw) rows(ctx context.Context, from Reader, rc *Receiver, p Position) error {
	enough := errors.New("enough was read")
	size := 0
	err := from.Events(ctx, rc.Source, p.Event, batchEntries, func(e *directory.Event) error {
		r.events = append(r.events, e)
		if size += len(e.Data) + len(e.Changes); size > batchBytes {
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) || len(r.events) == batchEntries {
		return nil
	}
	if err != nil {
		return err
	}
	return from.Outcomes(ctx, rc.Source, p.Outcome, batchEntries, func(o *Outcome) error {
		r.outcomes = append(r.outcomes, o)
		return nil
	})
}

// entries makes tokens of what was read. It is done outside of the transaction: resource types are
// looked up in another one.
func (s *Service) entries(ctx context.Context, rc *Receiver, r *raw) ([]entry, error) {
	list := make([]entry, 0, len(r.events)+len(r.outcomes))
	for _, e := range r.events {
		endpoint, err := s.endpoint(ctx, e)
		if err != nil {
			return nil, err
		}
		n := entry{mark: Mark{Number: int64(e.Seq)}}
		n.token, n.broken = eventToken(rc, e, origin{s.issuerOf(r.slugs, e.Source), endpoint})
		list = append(list, n)
	}
	for _, o := range r.outcomes {
		list = append(list, entry{mark: Mark{Outcome: true, Number: o.Number}, token: outcomeToken(rc, o, s.issuerOf(r.slugs, o.Source))})
	}
	return list, nil
}

// issuerOf returns the issuer of a source's tokens; of a source that was deleted meanwhile, the directory.
func (s *Service) issuerOf(slugs map[directory.SourceID]string, id directory.SourceID) string {
	if slug, ok := slugs[id]; ok {
		return s.issuer(slug)
	}
	return s.opt.PublicURL
}

// endpoint returns the endpoint of an event's resource type.
func (s *Service) endpoint(ctx context.Context, e *directory.Event) (string, error) {
	switch e.SubjectType {
	case directory.UserType:
		return "/Users", nil
	case directory.GroupType:
		return "/Groups", nil
	}
	registry, err := s.types.Registry(ctx, e.Source)
	if errors.Is(err, directory.ErrNotFound) {
		return "/" + e.SubjectType, nil
	}
	if err != nil {
		return "", err
	}
	if t := registry.TypeByName(e.SubjectType); t != nil {
		return t.Endpoint, nil
	}
	return "/" + e.SubjectType, nil
}
