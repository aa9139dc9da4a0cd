package sqlstore

import (
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/storetest"
)

func TestStore_SQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) directory.Store {
		s, _ := openTest(t, Options{})
		return s
	})
}
