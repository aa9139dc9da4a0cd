package directory

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"sync"
)

// MasterKeySize is the size in bytes of the key that a Keyring is made of.
const MasterKeySize = 32

// Keyring holds the keys that protect tokens at rest, all derived from the master key, which never
// comes from the database. It is safe for concurrent use.
type Keyring struct {
	mac    []byte
	cursor []byte
	seal   cipher.AEAD
	// macs are states of HMAC with the key already in, of which every request needs one.
	macs sync.Pool
}

// NewKeyring derives the keys.
func NewKeyring(master []byte) (*Keyring, error) {
	if len(master) != MasterKeySize {
		return nil, fmt.Errorf("the master key has %d bytes instead of %d", len(master), MasterKeySize)
	}
	k := &Keyring{}
	var err error
	if k.mac, err = hkdf.Key(sha256.New, master, nil, "roster source token mac v1", 32); err != nil {
		return nil, err
	}
	if k.cursor, err = hkdf.Key(sha256.New, master, nil, "roster paging cursor v1", 32); err != nil {
		return nil, err
	}
	sealing, err := hkdf.Key(sha256.New, master, nil, "roster source token seal v1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, err
	}
	k.seal, err = cipher.NewGCM(block)
	return k, err
}

// CursorKey returns the key that authenticates paging cursors; replicas with one master key share it.
func (k *Keyring) CursorKey() []byte { return k.cursor }

// Check reports whether text is the token t. It takes the same time for every text of one length, and
// for a nil t as for any other, so that an unknown token cannot be told from a wrong one.
func (k *Keyring) Check(t *Token, text string) bool {
	var want []byte
	if t != nil {
		want = t.MAC
	}
	mac := k.macOf(text)
	if want == nil {
		hmac.Equal(mac, mac)
		return false
	}
	return hmac.Equal(mac, want)
}

func (k *Keyring) macOf(text string) []byte {
	h, ok := k.macs.Get().(hash.Hash)
	if !ok {
		h = hmac.New(sha256.New, k.mac)
	}
	defer k.macs.Put(h)
	h.Reset()
	h.Write([]byte(text)) //nolint:errcheck // never fails
	return h.Sum(nil)
}

// errSealed: the copy of a token was made under another master key, or was tampered with.
var errSealed = errors.New("the token's copy cannot be opened with this master key; rotate the token")

// sealText encrypts a token's text for safekeeping, bound to its id.
func (k *Keyring) sealText(id TokenID, text string) []byte {
	nonce := make([]byte, k.seal.NonceSize())
	rand.Read(nonce) //nolint:errcheck // crypto/rand.Read never fails
	return k.seal.Seal(nonce, nonce, []byte(text), []byte(id))
}

func (k *Keyring) open(t *Token) (string, error) {
	n := k.seal.NonceSize()
	if len(t.Sealed) < n {
		return "", errSealed
	}
	text, err := k.seal.Open(nil, t.Sealed[:n], t.Sealed[n:], []byte(t.ID))
	if err != nil {
		return "", errSealed
	}
	return string(text), nil
}
