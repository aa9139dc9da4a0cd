package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

// CopiedTable is what Copy did to one table.
type CopiedTable struct {
	Table string
	Rows  int64
	// SHA256 is the digest of the rows in hex, the same in both databases.
	SHA256 string
}

// copyRows is the number of rows that one statement inserts.
const copyRows = 50

// Copy copies the database at one URL to a new one at another, in one transaction, reads the copy back
// and compares. Servers of the source should be stopped; what they write meanwhile is not copied. A
// target with anything in it is refused.
func Copy(ctx context.Context, from, to string) (tables []CopiedTable, err error) {
	source, err := Open(ctx, from, Options{})
	if err != nil {
		return nil, fmt.Errorf("copy from: %w", err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := Open(ctx, to, Options{})
	if err != nil {
		return nil, fmt.Errorf("copy to: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	err = source.AllSources().view(ctx, func(src *tx) error {
		if err := src.checkSettled(); err != nil {
			return err
		}
		return target.AllSources().update(ctx, func(dst *tx) error {
			tables = nil
			if err := dst.checkEmpty(); err != nil {
				return err
			}
			if _, err := dst.exec("DELETE FROM source"); err != nil {
				return err
			}
			for _, table := range copiedTables {
				copied, err := copyTable(ctx, src, dst, table)
				if err != nil {
					return fmt.Errorf("copy the table %s: %w", table.name, err)
				}
				tables = append(tables, copied)
			}
			return dst.derive()
		})
	})
	if err != nil {
		return nil, err
	}
	return tables, nil
}

func copyTable(ctx context.Context, src, dst *tx, table copiedTable) (CopiedTable, error) {
	none := CopiedTable{Table: table.name}
	columns, err := dst.columns(table.name)
	if err != nil {
		return none, err
	}
	in := &inserter{tx: dst, table: table.name, columns: columns}
	sent, err := src.readTable(ctx, table, columns, in.add)
	if err == nil {
		err = in.flush()
	}
	if err != nil {
		return none, err
	}
	arrived, err := dst.readTable(ctx, table, columns, func([]any) error { return nil })
	if err == nil && arrived != sent {
		err = fmt.Errorf("%d rows with the digest %s were read, but %d with %s arrived", sent.Rows, sent.SHA256, arrived.Rows, arrived.SHA256)
	}
	return arrived, err
}

// readTable calls emit with the values of every row and returns their number and digest.
func (t *tx) readTable(ctx context.Context, table copiedTable, columns []column, emit func([]any) error) (CopiedTable, error) {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	h := sha256.New()
	result := CopiedTable{Table: table.name}
	err := t.eachContext(ctx, func(r *rows) error {
		values := make([]any, len(columns))
		for i := range columns {
			v := r.value(i)
			if n, ok := v.(int64); ok && columns[i].boolean {
				v = n != 0
			}
			if b, ok := v.([]byte); ok {
				v = bytes.Clone(b)
			}
			values[i] = v
			digestValue(h, v)
		}
		result.Rows++
		return emit(values)
	}, "SELECT "+strings.Join(names, ", ")+" FROM "+table.name+" ORDER BY "+table.order, nil)
	result.SHA256 = hex.EncodeToString(h.Sum(nil))
	return result, err
}

// digestValue adds a value; texts and bytes are told apart from numbers and from nothing.
func digestValue(h hash.Hash, v any) {
	switch v := v.(type) {
	case nil:
		digest(h, []byte{0})
	case int64:
		digest(h, strconv.AppendInt([]byte{1}, v, 10))
	case bool:
		digest(h, strconv.AppendBool([]byte{2}, v))
	case string:
		digest(h, append([]byte{3}, v...))
	case []byte:
		digest(h, append([]byte{4}, v...))
	}
}

// inserter inserts rows, several with one statement.
type inserter struct {
	tx      *tx
	table   string
	columns []column
	args    []any
	// whole is the statement for copyRows rows.
	whole string
}

func (in *inserter) add(values []any) error {
	in.args = append(in.args, values...)
	if len(in.args) < copyRows*len(in.columns) {
		return nil
	}
	if in.whole == "" {
		in.whole = in.statement(copyRows)
	}
	_, err := in.tx.exec(in.whole, in.args...)
	in.args = in.args[:0]
	return err
}

func (in *inserter) flush() error {
	if len(in.args) == 0 {
		return nil
	}
	_, err := in.tx.exec(in.statement(len(in.args)/len(in.columns)), in.args...)
	return err
}

func (in *inserter) statement(rows int) string {
	names := make([]string, len(in.columns))
	for i, c := range in.columns {
		names[i] = c.name
	}
	tuples := make([]string, rows)
	for i := range tuples {
		tuples[i] = placeholders(1+i*len(names), len(names))
	}
	return "INSERT INTO " + in.table + " (" + strings.Join(names, ", ") + ") VALUES " + strings.Join(tuples, ", ")
}
