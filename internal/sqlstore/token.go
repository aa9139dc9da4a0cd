package sqlstore

import (
	"context"
	"errors"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
)

const tokenColumns = "id, source_id, label, last4, mac, sealed, created, last_used, expires, revoked"

func scanToken(scan func(...any) error) (*directory.Token, error) {
	var k directory.Token
	var id string
	err := scan(&id, &k.Source, &k.Label, &k.Last4, &k.MAC, &k.Sealed, &k.Created, &k.LastUsed, &k.Expires, &k.Revoked)
	if err != nil {
		return nil, orNotFound(err)
	}
	k.ID = directory.TokenID(id)
	return &k, nil
}

// Token implements directory.SourceReader.
func (t *tx) Token(_ context.Context, id directory.TokenID) (*directory.Token, error) {
	return scanToken(t.row("SELECT "+tokenColumns+" FROM token WHERE id = $1"+t.forChange(), id).scan)
}

// Tokens implements directory.SourceReader.
func (t *tx) Tokens(_ context.Context, source directory.SourceID) ([]*directory.Token, error) {
	where, args := "", []any{}
	if source != 0 {
		where, args = " WHERE source_id = $1", []any{source}
	}
	var all []*directory.Token
	err := t.each(func(r *rows) error {
		k, err := scanToken(r.scan)
		all = append(all, k)
		return err
	}, "SELECT "+tokenColumns+" FROM token"+where+" ORDER BY created DESC, id", args...)
	return all, err
}

// sourcesAtOnce is how many sources one statement asks about.
const sourcesAtOnce = 64

// TokensOf implements directory.SourceReader.
func (t *tx) TokensOf(_ context.Context, sources []directory.SourceID) (map[directory.SourceID][]*directory.Token, error) {
	all := map[directory.SourceID][]*directory.Token{}
	for chunk := range slices.Chunk(sources, sourcesAtOnce) {
		err := t.each(func(r *rows) error {
			k, err := scanToken(r.scan)
			if err == nil {
				all[k.Source] = append(all[k.Source], k)
			}
			return err
		}, "SELECT "+tokenColumns+" FROM token WHERE source_id IN "+placeholders(1, sourcesAtOnce)+" ORDER BY created DESC, id", filled(chunk)...)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// filled makes sourcesAtOnce arguments of ids, of which there is at least one: so there is one text to prepare.
func filled(ids []directory.SourceID) []any {
	args := make([]any, sourcesAtOnce)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return args
}

// TokenPage implements directory.SourceReader.
func (t *tx) TokenPage(_ context.Context, offset, limit int) (page []*directory.Token, total int, err error) {
	if err := t.row("SELECT count(*) FROM token").scan(&total); err != nil {
		return nil, 0, err
	}
	err = t.each(func(r *rows) error {
		k, err := scanToken(r.scan)
		page = append(page, k)
		return err
	}, "SELECT "+tokenColumns+" FROM token ORDER BY created DESC, id LIMIT $1 OFFSET $2", limit, offset)
	return page, total, err
}

// InsertToken implements directory.Writer.
func (t *tx) InsertToken(_ context.Context, k *directory.Token) error {
	t.guard()
	_, err := t.exec("INSERT INTO token ("+tokenColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		k.ID, k.Source, k.Label, k.Last4, k.MAC, k.Sealed, k.Created, k.LastUsed, k.Expires, k.Revoked)
	var u *uniqueError
	if errors.As(err, &u) {
		return &directory.DuplicateError{Path: "id"}
	}
	return err
}

// UpdateToken implements directory.Writer.
func (t *tx) UpdateToken(_ context.Context, k *directory.Token) error {
	return changed(t.exec(`UPDATE token SET label = $2, last4 = $3, mac = $4, sealed = $5, last_used = $6, expires = $7,
		revoked = $8 WHERE id = $1`, k.ID, k.Label, k.Last4, k.MAC, k.Sealed, k.LastUsed, k.Expires, k.Revoked))
}
