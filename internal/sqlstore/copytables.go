package sqlstore

import (
	"fmt"

	"github.com/rosterhq/roster/internal/directory"
)

// copiedTable is a table whose rows are the same on every engine, and the unique order in which they
// are read.
type copiedTable struct {
	name, order string
	// numbered is set when the database itself gives numbers to the column of the order.
	numbered bool
}

// copiedTables are all tables but those that are computed from them, and those of an engine alone.
var copiedTables = []copiedTable{
	{"source", "id", true},
	{"token", "id", false},
	{"definition", "seq", true},
	{"resource", "row_id", true},
	{"resource_value", "source_id, type, ord, path, key", false},
	{"member", "source_id, group_id, member_id", false},
	{"aside_member", "source_id, member_id, group_id", false},
	{"erased_group", "source_id, group_id", false},
	{"event", "seq", false},
	{"audit", "seq", false},
	{"admin", "id", false},
	{"session", "hash", false},
	{"api_key", "id", false},
	{"setting", "name", false},
	{"request", "seq", true},
	{"request_activity", "source_id", false},
	{"receiver", "id", false},
	{"receiver_failure", "seq", true},
	{"receiver_ack", "receiver_id, outcome, number", false},
	{"postponed", "id", true},
	{"outcome", "seq", true},
}

// column is a column of a table; booleans differ between the engines.
type column struct {
	name    string
	boolean bool
}

// columns returns the columns of a table by name.
func (t *tx) columns(table string) (all []column, err error) {
	query := "SELECT name, type = 'BOOLEAN' FROM pragma_table_info($1) ORDER BY name"
	if t.pg != nil {
		query = `SELECT attname::text, atttypid = 'boolean'::regtype FROM pg_attribute
			WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname`
	}
	err = t.each(func(r *rows) error {
		var c column
		err := r.scan(&c.name, &c.boolean)
		all = append(all, c)
		return err
	}, query, table)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("there is no table %s", table)
	}
	return all, err
}

// checkEmpty refuses a database in which there is anything but the built-in source.
func (t *tx) checkEmpty() error {
	for _, table := range copiedTables {
		where := ""
		if table.name == "source" {
			where = fmt.Sprintf(" WHERE id <> %d", directory.BuiltinSource)
		}
		var used bool
		if err := t.row("SELECT EXISTS (SELECT 1 FROM " + table.name + where + ")").scan(&used); err != nil {
			return err
		}
		if used {
			return fmt.Errorf("the target is not empty: it has rows in the table %s. Copy to a new database", table.name)
		}
	}
	return nil
}

// checkSettled refuses a database in which something still waits for its number.
func (t *tx) checkSettled() error {
	if t.pg == nil {
		return nil
	}
	var waits bool
	err := t.row("SELECT EXISTS (SELECT 1 FROM event_new) OR EXISTS (SELECT 1 FROM audit_new)").scan(&waits)
	if err == nil && waits {
		err = fmt.Errorf("the source is being written to; stop its servers and copy again")
	}
	return err
}

// derive computes what the tables do not hold but the engine needs: counters, and where numbers go on.
func (t *tx) derive() error {
	queries := []string{fmt.Sprintf(`INSERT INTO resource_bucket (source_id, type, bucket, live)
		SELECT source_id, type, ord / %d, count(*) FROM resource WHERE deleted = 0 GROUP BY source_id, type, ord / %[1]d`, bucketWidth)}
	if t.pg == nil {
		queries = append(queries, `INSERT INTO resource_counter (source_id, type, live, next_ord)
			SELECT source_id, type, sum(CASE WHEN deleted = 0 THEN 1 ELSE 0 END), max(ord) + 1 FROM resource GROUP BY source_id, type`)
	} else {
		queries = append(queries, `INSERT INTO resource_counter (source_id, type, live, folded)
			SELECT source_id, type, count(*), 0 FROM resource WHERE deleted = 0 GROUP BY source_id, type`,
			"SELECT setval('resource_ord_seq', max(ord)) FROM resource HAVING count(*) > 0")
		for _, table := range copiedTables {
			if table.numbered {
				queries = append(queries, fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', '%s'), max(%[2]s)) FROM %[1]s HAVING count(*) > 0", table.name, table.order))
			}
		}
	}
	for _, query := range queries {
		if _, err := t.exec(query); err != nil {
			return err
		}
	}
	return nil
}
