package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/rosterhq/roster/scim"
)

// cursorSigner turns a backend's positions into cursors and back (RFC 9865 §2, §5.2). A cursor is
// base64url, which stays within the unreserved characters of RFC 3986, of
//
//	version, time of issue in seconds, count, position, HMAC-SHA-256
//
// The HMAC also covers the scope: base URL, endpoint and the other parameters. So a cursor that was
// forged, changed, or issued for another query or tenant is of no use, and tells nothing.
type cursorSigner struct {
	key      []byte
	lifetime time.Duration
	now      func() time.Time
}

const cursorVersion = 1

// seal makes the cursor that leads to position.
func (c *cursorSigner) seal(position string, count int, scope []string) string {
	payload := []byte{cursorVersion}
	payload = binary.AppendVarint(payload, c.now().Unix())
	payload = binary.AppendUvarint(payload, uint64(count))
	payload = append(payload, position...)
	return base64.RawURLEncoding.EncodeToString(append(payload, c.mac(payload, scope)...))
}

// open returns the position of a cursor: 400 invalidCursor, expiredCursor or invalidCount if it cannot
// be used with this count and scope.
func (c *cursorSigner) open(cursor string, count int, scope []string) (string, error) {
	invalid := scim.BadRequest(scim.InvalidCursor,
		"The cursor was not issued for this query. Repeat the query with exactly the parameters of its first page, or start again with an empty cursor.")
	data, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || strings.ContainsAny(cursor, "\r\n") || // which the decoder skips
		len(data) <= sha256.Size || data[0] != cursorVersion {
		return "", invalid
	}
	payload, mac := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if !hmac.Equal(mac, c.mac(payload, scope)) {
		return "", invalid
	}
	// From here on the payload is our own.
	rest := payload[1:]
	issued, n := binary.Varint(rest)
	if n <= 0 {
		return "", invalid
	}
	rest = rest[n:]
	pageSize, n := binary.Uvarint(rest)
	if n <= 0 {
		return "", invalid
	}
	if c.now().Sub(time.Unix(issued, 0)) > c.lifetime {
		return "", scim.BadRequest(scim.ExpiredCursor, "The cursor is older than %s. Start again with an empty cursor.", c.lifetime)
	}
	if pageSize != uint64(count) {
		return "", scim.BadRequest(scim.InvalidCount, "count was %d on the first page and is %d now. Keep it the same for all pages.", pageSize, count)
	}
	return string(rest[n:]), nil
}

// mac authenticates payload and scope; lengths keep their parts from running into each other.
func (c *cursorSigner) mac(payload []byte, scope []string) []byte {
	h := hmac.New(sha256.New, c.key)
	var length [8]byte
	write := func(s []byte) {
		binary.BigEndian.PutUint64(length[:], uint64(len(s)))
		h.Write(length[:])
		h.Write(s)
	}
	write(payload)
	for _, s := range scope {
		write([]byte(s))
	}
	return h.Sum(nil)
}
