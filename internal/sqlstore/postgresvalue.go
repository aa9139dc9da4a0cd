package sqlstore

import (
	"bytes"
	"database/sql/driver"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// decode copies the current row to dest. The store's tables and statements have these types only.
func (r *pgRows) decode(dest []driver.Value) error {
	raw := r.rows.RawValues()
	for i, f := range r.rows.FieldDescriptions() {
		v := raw[i]
		switch {
		case v == nil:
			dest[i] = nil
		case f.DataTypeOID == pgtype.TextOID || f.DataTypeOID == pgtype.VarcharOID || f.DataTypeOID == pgtype.NameOID:
			dest[i] = string(v)
		case f.Format != pgx.BinaryFormatCode:
			return fmt.Errorf("column %s arrived as text", f.Name)
		case f.DataTypeOID == pgtype.ByteaOID:
			dest[i] = bytes.Clone(v)
		case f.DataTypeOID == pgtype.Int8OID:
			dest[i] = int64(binary.BigEndian.Uint64(v))
		case f.DataTypeOID == pgtype.Int4OID:
			dest[i] = int64(int32(binary.BigEndian.Uint32(v)))
		case f.DataTypeOID == pgtype.BoolOID:
			dest[i] = v[0] != 0
		default:
			return fmt.Errorf("column %s has the unknown type %d", f.Name, f.DataTypeOID)
		}
	}
	return nil
}
