package sqlstore

import (
	"errors"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

// Values longer than an entry of an index are stored, found and told apart by their ends.
func TestPostgres_LongKeys(t *testing.T) {
	t.Parallel()
	s := openPostgresTest(t)
	long := strings.Repeat("é", 32<<10)
	group := func(id, end string) *directory.Record {
		return &directory.Record{Source: directory.BuiltinSource, Type: directory.GroupType, ID: directory.ResourceID(id), Version: 1, Body: []byte("{}"),
			Label: long + end, Keys: directory.Keys{Name: long + end, NameUnique: true, Display: long + end, ExternalID: long + end,
				Values: []directory.IndexedValue{{Path: "emails.value", Key: long + end}}}}
	}
	err := s.update(t.Context(), func(x *tx) error {
		one := group("one", "1")
		if err := x.InsertResource(t.Context(), one); err != nil {
			return err
		}
		if one.Keys.Name != long+"1" || one.Keys.Values[0].Key != long+"1" {
			t.Error("the caller's keys were changed")
		}
		if err := x.InsertResource(t.Context(), group("two", "2")); err != nil {
			return err
		}
		if err := x.InsertResource(t.Context(), group("three", "1")); !errors.Is(err, directory.ErrDuplicate) {
			t.Errorf("the same long name: %v", err)
		}
		renamed := group("two", "3")
		renamed.Version = 2
		if err := x.UpdateResource(t.Context(), renamed); err != nil {
			return err
		}
		if r, err := x.ByName(t.Context(), directory.BuiltinSource, directory.GroupType, long+"3"); err != nil || r.ID != "two" {
			t.Errorf("by name: %v, %v", r, err)
		}
		if r, err := x.ByExternalID(t.Context(), directory.BuiltinSource, directory.GroupType, long+"1"); err != nil || r[0].ID != "one" {
			t.Errorf("by external id: %v, %v", r, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
