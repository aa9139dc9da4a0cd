package directory

import (
	"crypto/rand"
	"errors"
)

// ErrSealed: a sealed secret was sealed under another master key or for another purpose, or was
// tampered with.
var ErrSealed = errors.New("the secret cannot be opened with this master key")

// Seal encrypts a secret for safekeeping in the store. It opens only for the same purpose, which names
// what the secret is and whose, such as "receiver rcv_7".
func (k *Keyring) Seal(purpose string, secret []byte) []byte {
	nonce := make([]byte, k.seal.NonceSize())
	rand.Read(nonce) //nolint:errcheck // crypto/rand.Read never fails
	return k.seal.Seal(nonce, nonce, secret, sealingPurpose(purpose))
}

// Open decrypts what Seal made; ErrSealed when it cannot.
func (k *Keyring) Open(purpose string, sealed []byte) ([]byte, error) {
	n := k.seal.NonceSize()
	if len(sealed) < n {
		return nil, ErrSealed
	}
	secret, err := k.seal.Open(nil, sealed[:n], sealed[n:], sealingPurpose(purpose))
	if err != nil {
		return nil, ErrSealed
	}
	return secret, nil
}

// sealingPurpose keeps purposes apart from the ids of tokens, which are sealed under the same key.
func sealingPurpose(purpose string) []byte { return []byte("purpose: " + purpose) }
