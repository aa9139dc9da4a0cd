package sqlstore

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/directory"
)

// PostgreSQL's indexes hold entries of at most 2,700 bytes. A longer key is cut: what is left, and a
// digest of the whole, still tell equal from unequal, and order by the beginning.
const (
	maxKey  = 2000
	keptKey = maxKey - 2*sha256.Size
)

// keyOf returns the form in which a comparison key is stored.
func (t *tx) keyOf(key string) string {
	if t.pg == nil || len(key) <= maxKey {
		return key
	}
	end := keptKey
	for !utf8.RuneStart(key[end]) {
		end--
	}
	sum := sha256.Sum256([]byte(key))
	return key[:end] + hex.EncodeToString(sum[:])
}

// storedKeys gives a record the keys that are stored until the returned function is called.
func (t *tx) storedKeys(r *directory.Record) (restore func()) {
	whole := r.Keys
	long := len(whole.Name) > maxKey || len(whole.ExternalID) > maxKey || len(whole.Display) > maxKey ||
		slices.ContainsFunc(whole.Values, func(v directory.IndexedValue) bool { return len(v.Key) > maxKey })
	if t.pg == nil || !long {
		return func() {}
	}
	r.Keys.Name, r.Keys.ExternalID, r.Keys.Display = t.keyOf(whole.Name), t.keyOf(whole.ExternalID), t.keyOf(whole.Display)
	r.Keys.Values = slices.Clone(whole.Values)
	for i := range r.Keys.Values {
		r.Keys.Values[i].Key = t.keyOf(r.Keys.Values[i].Key)
	}
	return func() { r.Keys = whole }
}

// storedArgs turns the texts that a filter compares with into what is stored.
func (t *tx) storedArgs(args []any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = t.keyOf(s)
		}
	}
}
