package sqlstore

import "github.com/rosterhq/roster/internal/directory"

// The advisory locks of the database. Those for a source have its number added.
const (
	lockMigration int64 = (0x526f7374 + iota) << 32 // "Rost"
	lockSequencer
	lockAccounts
	lockOutbox
	lockJournal
	// lockSource is shared by those who add resources to a source, and held alone by who empties it.
	lockSource
	// lockNesting is held by who makes groups members of groups: two such changes may close a cycle that
	// neither sees.
	lockNesting
)

// lockShared takes an advisory lock that others may have, too.
const lockShared = "SELECT pg_advisory_xact_lock_shared($1)"

// serialize makes transactions that call it with the same key take turns until they end. SQLite's do
// anyway.
func (t *tx) serialize(key int64) error {
	if t.pg == nil || !t.writes {
		return nil
	}
	return t.pg.later("SELECT pg_advisory_xact_lock($1)", []any{key})
}

// forChange is the end of a statement that reads a row which the transaction is going to change.
func (t *tx) forChange() string {
	if t.pg == nil || !t.writes {
		return ""
	}
	return " FOR NO KEY UPDATE"
}

// guard lets the transaction go on when the next statement violates a unique index.
func (t *tx) guard() {
	if t.pg != nil {
		t.pg.guard()
	}
}

// holdMember is the end of a statement that adds members from the resources r: they cannot go before
// the transaction ends.
func (t *tx) holdMember() string {
	if t.pg == nil {
		return ""
	}
	return " FOR KEY SHARE OF r"
}

// lockLeaving locks a resource that is going to be removed, after the groups that it leaves: whoever
// adds a member locks in that order, too.
func (t *tx) lockLeaving(source directory.SourceID, id directory.ResourceID) error {
	if t.pg == nil {
		return nil
	}
	err := t.pg.later(`SELECT 1 FROM resource WHERE source_id = $1 AND id IN
		(SELECT group_id FROM member WHERE source_id = $1 AND member_id = $2) ORDER BY id FOR NO KEY UPDATE`, []any{source, id})
	if err != nil {
		return err
	}
	return t.pg.later("SELECT 1 FROM resource WHERE id = $2 AND source_id = $1 FOR UPDATE", []any{source, id})
}
