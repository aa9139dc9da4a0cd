package directory

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// A token reads rst_<public id>_<secret><checksum>, the last two in lower-case base 32: 60 characters, because
// some identity providers give secrets little room. The prefix and the checksum let scanners and
// people recognise a token wherever it should not be.
const (
	tokenPrefix   = "rst_"
	publicIDSize  = 12
	secretBytes   = 22 // 176 bits
	secretSize    = 36 // in base 32
	checksumSize  = 7
	tokenTextSize = len(tokenPrefix) + publicIDSize + 1 + secretSize + checksumSize
)

// newPublicID makes an id that is shown in lists. Without vowels it spells no word, and without l, p, q
// and x nothing that searches of texts for technical terms stumble over.
func newPublicID() TokenID {
	const alphabet = "bcdfghjkmnrstvwz23456789"
	id := make([]byte, 0, publicIDSize)
	for len(id) < publicIDSize {
		var b [publicIDSize]byte
		rand.Read(b[:]) //nolint:errcheck // crypto/rand.Read never fails
		for _, c := range b {
			// What is left over of 256 would make some letters likelier.
			if limit := 256 / len(alphabet) * len(alphabet); int(c) < limit && len(id) < publicIDSize {
				id = append(id, alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return TokenID(id)
}

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func base32Text(b []byte) string { return lowerBase32.EncodeToString(b) }

func randomText(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) //nolint:errcheck // crypto/rand.Read never fails
	return base32Text(b)
}

// newTokenText makes the text of a fresh token.
func newTokenText() (TokenID, string) {
	id := newPublicID()
	text := tokenPrefix + string(id) + "_" + randomText(secretBytes)
	return id, text + checksum(text)
}

func checksum(text string) string {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE([]byte(text)))
	return base32Text(sum[:])
}

// ParseToken returns the public id of a token's text. It is false for anything that cannot be a token
// of a source, so that no store is asked about it.
func ParseToken(text string) (TokenID, bool) {
	if len(text) != tokenTextSize || !strings.HasPrefix(text, tokenPrefix) {
		return "", false
	}
	id, secret, ok := strings.Cut(text[len(tokenPrefix):], "_")
	if !ok || len(id) != publicIDSize || len(secret) != secretSize+checksumSize {
		return "", false
	}
	body := text[:len(text)-checksumSize]
	if checksum(body) != text[len(body):] {
		return "", false
	}
	return TokenID(id), true
}

func last4(text string) string { return text[len(text)-4:] }
