package directory

import (
	"context"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/scim/schema"
)

// Sources is the service about sources, their service accounts and tokens. It is safe for concurrent
// use. Bad input is an *InputError, a taken slug ErrDuplicate, a missing source or token ErrNotFound.
type Sources struct {
	store Store
	keys  *Keyring
	defs  *Definitions
	now   func() time.Time
	// changes counts what this service changed, so that caches of the same process notice at once.
	changes atomic.Int64
}

// NewSources makes the service; now is the clock.
func NewSources(store Store, keys *Keyring, defs *Definitions, now func() time.Time) *Sources {
	return &Sources{store: store, keys: keys, defs: defs, now: now}
}

// update runs a change of sources or tokens.
func (s *Sources) update(ctx context.Context, fn func(Writer) error) error {
	err := s.store.Update(ctx, fn)
	s.changes.Add(1)
	return err
}

// Changes grows whenever this service may have changed a source or a token, and when Notice is called. What
// was read at another value is out of date; not all changes of other processes show in it.
func (s *Sources) Changes() int64 { return s.changes.Load() }

// Notice tells that another process may have changed a source or a token.
func (s *Sources) Notice() { s.changes.Add(1) }

// NewSource is what a source is made of.
type NewSource struct {
	Name string
	// Slug is derived from Name when empty.
	Slug string
	// Preset is PresetGeneric when empty.
	Preset string
	// Policies are those of the preset when nil.
	Policies *Policies
}

// SourceInfo is a source with what a page about it shows.
type SourceInfo struct {
	*Source
	Users, Groups int
	// Tokens are newest first, revoked ones included.
	Tokens []*Token
}

// Create makes a source, its service account and its first token, whose text it returns.
func (s *Sources) Create(ctx context.Context, n NewSource, cause Cause) (*Source, string, error) {
	src, err := s.newSource(n)
	if err != nil {
		return nil, "", err
	}
	var text string
	err = s.update(ctx, func(w Writer) error {
		if n.Slug == "" {
			if src.Slug, err = freeSlug(ctx, w, SlugOf(src.Name)); err != nil {
				return err
			}
		}
		src.ServiceAccountName = serviceAccountName(src.Slug)
		if err := w.InsertSource(ctx, src); err != nil {
			return slugTaken(err)
		}
		if err := s.audit(ctx, w, cause, "source.created", src, map[string]any{"slug": src.Slug, "preset": src.Preset}); err != nil {
			return err
		}
		text, err = s.issue(ctx, w, src, "first token", cause)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return src, text, nil
}

func (s *Sources) newSource(n NewSource) (*Source, error) {
	now := clock(s.now)
	id := uuid.Must(uuid.NewV7())
	src := &Source{Name: n.Name, Slug: n.Slug, Preset: n.Preset, Enabled: true, CreatedAt: now, UpdatedAt: now,
		ServiceAccountID: "sa_" + hex.EncodeToString(id[:])}
	if src.Preset == "" {
		src.Preset = PresetGeneric
	}
	if err := checkPreset(src.Preset); err != nil {
		return nil, err
	}
	if err := checkName(n.Name); err != nil {
		return nil, err
	}
	if n.Slug != "" {
		if err := CheckSlug(n.Slug); err != nil {
			return nil, err
		}
	}
	if n.Policies == nil {
		src.Policies = PresetPolicies(src.Preset)
		return src, nil
	}
	src.Policies = *n.Policies
	return src, src.Policies.Check()
}

func serviceAccountName(slug string) string { return "scim-" + slug }

func checkName(name string) error {
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > 128 || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return &InputError{Field: "name", Value: name, Reason: "must have 1 to 128 characters"}
	}
	return nil
}

// freeSlug returns the first alternative of a derived slug that no source has.
func freeSlug(ctx context.Context, r Reader, slug string) (string, error) {
	for n := 1; ; n++ {
		candidate := numbered(slug, n)
		_, err := r.SourceBySlug(ctx, candidate)
		if errors.Is(err, ErrNotFound) {
			return candidate, nil
		}
		if err != nil {
			return "", err
		}
	}
}

func slugTaken(err error) error {
	if errors.Is(err, ErrDuplicate) {
		return &DuplicateError{Path: "slug"}
	}
	return err
}

// List returns every source, ordered by name, the built-in one last.
func (s *Sources) List(ctx context.Context) ([]*SourceInfo, error) {
	list, _, err := s.Page(ctx, "", 0, math.MaxInt)
	return list, err
}

// Page returns up to limit of the sources whose name or slug contains text, in any case, behind offset ones in
// the order of List, and the number of all of them. Only what it returns is looked at more closely.
func (s *Sources) Page(ctx context.Context, text string, offset, limit int) (page []*SourceInfo, total int, err error) {
	needle := schema.CaseKey(text)
	err = s.store.View(ctx, func(r Reader) error {
		sources, err := r.Sources(ctx)
		if err != nil {
			return err
		}
		sources = slices.DeleteFunc(sources, func(src *Source) bool {
			return !strings.Contains(schema.CaseKey(src.Name), needle) && !strings.Contains(src.Slug, needle)
		})
		if i := slices.IndexFunc(sources, func(src *Source) bool { return src.ID == BuiltinSource }); i >= 0 {
			builtin := sources[i]
			sources = append(slices.Delete(sources, i, i+1), builtin)
		}
		total = len(sources)
		sources = sources[min(offset, total):]
		page, err = describe(ctx, r, sources[:min(limit, len(sources))])
		return err
	})
	return page, total, err
}

// Show returns one source by its slug.
func (s *Sources) Show(ctx context.Context, slug string) (info *SourceInfo, err error) {
	err = s.store.View(ctx, func(r Reader) error {
		src, err := r.SourceBySlug(ctx, slug)
		if err != nil {
			return err
		}
		info = &SourceInfo{Source: src}
		if info.Users, err = r.CountResources(ctx, src.ID, UserType); err != nil {
			return err
		}
		if info.Groups, err = r.CountResources(ctx, src.ID, GroupType); err != nil {
			return err
		}
		info.Tokens, err = r.Tokens(ctx, src.ID)
		return err
	})
	return info, err
}

// describe tells what there is to each of some sources, all at once.
func describe(ctx context.Context, r Reader, sources []*Source) ([]*SourceInfo, error) {
	users, err := r.CountBySource(ctx, CountQuery{Type: UserType})
	if err != nil {
		return nil, err
	}
	groups, err := r.CountBySource(ctx, CountQuery{Type: GroupType})
	if err != nil {
		return nil, err
	}
	ids := make([]SourceID, len(sources))
	for i, src := range sources {
		ids[i] = src.ID
	}
	tokens, err := r.TokensOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	infos := make([]*SourceInfo, len(sources))
	for i, src := range sources {
		infos[i] = &SourceInfo{Source: src, Users: users[src.ID], Groups: groups[src.ID], Tokens: tokens[src.ID]}
	}
	return infos, nil
}

// SourceChange is a change of a source; nil fields stay as they are.
type SourceChange struct {
	Name, Slug      *string
	Enabled, Paused *bool
	Policies        *Policies
}

// Update changes a source. The old slug answers nothing any more. The built-in source only takes
// policies.
func (s *Sources) Update(ctx context.Context, slug string, c SourceChange, cause Cause) (*Source, error) {
	var src *Source
	err := s.update(ctx, func(w Writer) error {
		var err error
		if src, err = w.SourceBySlug(ctx, slug); err != nil {
			return err
		}
		changed, err := c.apply(src)
		if err != nil || len(changed) == 0 {
			return err
		}
		src.UpdatedAt = clock(s.now)
		if err := w.UpdateSource(ctx, src); err != nil {
			return slugTaken(err)
		}
		return s.audit(ctx, w, cause, "source.updated", src, changed)
	})
	if err != nil {
		return nil, err
	}
	return src, nil
}

// apply returns what it changed, before and after, for the audit trail.
func (c SourceChange) apply(src *Source) (map[string]any, error) {
	if src.ID == BuiltinSource && (c.Name != nil || c.Slug != nil || c.Enabled != nil || c.Paused != nil) {
		return nil, &InputError{Field: "source", Value: src.Slug, Reason: "is built in and cannot be renamed or switched off"}
	}
	changed := map[string]any{}
	if c.Name != nil && *c.Name != src.Name {
		if err := checkName(*c.Name); err != nil {
			return nil, err
		}
		changed["name"] = change(src.Name, *c.Name)
		src.Name = *c.Name
	}
	if c.Slug != nil && *c.Slug != src.Slug {
		if err := CheckSlug(*c.Slug); err != nil {
			return nil, err
		}
		changed["slug"] = change(src.Slug, *c.Slug)
		src.Slug, src.ServiceAccountName = *c.Slug, serviceAccountName(*c.Slug)
	}
	if c.Enabled != nil && *c.Enabled != src.Enabled {
		changed["enabled"] = change(src.Enabled, *c.Enabled)
		src.Enabled = *c.Enabled
	}
	if c.Paused != nil && *c.Paused != src.Paused {
		changed["paused"] = change(src.Paused, *c.Paused)
		src.Paused = *c.Paused
	}
	if c.Policies != nil && *c.Policies != src.Policies {
		if err := c.Policies.Check(); err != nil {
			return nil, err
		}
		changed["policies"] = change(src.Policies, *c.Policies)
		src.Policies = *c.Policies
	}
	return changed, nil
}

func change[T any](before, after T) map[string]any {
	return map[string]any{"before": before, "after": after}
}

func (s *Sources) audit(ctx context.Context, w Writer, cause Cause, action string, src *Source, detail map[string]any) error {
	return appendAudit(ctx, w, &AuditEntry{Time: clock(s.now), Cause: cause, Action: action, Source: src.ID,
		ObjectType: "source", ObjectID: src.Slug, ObjectName: src.Name}, detail)
}

// clock is the time in the resolution that stores keep.
func clock(now func() time.Time) time.Time { return now().UTC().Truncate(time.Microsecond) }
