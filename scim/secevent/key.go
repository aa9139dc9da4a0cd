package secevent

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// Algorithms of signatures (RFC 7518 §3.4, RFC 8037 §3.1).
const (
	ES256 = "ES256"
	EdDSA = "EdDSA"
)

// Key is a public key that verifies tokens.
type Key struct {
	// ID is the key's kid.
	ID string
	// Algorithm is ES256 or EdDSA.
	Algorithm string
	ecdsa     *ecdsa.PublicKey
	ed25519   ed25519.PublicKey
}

// NewKey makes a Key of a P-256 or Ed25519 public key. An empty id becomes the key's thumbprint
// (RFC 7638).
func NewKey(id string, public crypto.PublicKey) (*Key, error) {
	k := &Key{ID: id}
	switch p := public.(type) {
	case *ecdsa.PublicKey:
		if p.Curve != elliptic.P256() {
			return nil, errors.New("secevent: an ECDSA key must be on the curve P-256")
		}
		k.Algorithm, k.ecdsa = ES256, p
	case ed25519.PublicKey:
		if len(p) != ed25519.PublicKeySize {
			return nil, errors.New("secevent: an Ed25519 key has the wrong size")
		}
		k.Algorithm, k.ed25519 = EdDSA, p
	default:
		return nil, fmt.Errorf("secevent: keys of type %T are not supported; use ECDSA P-256 or Ed25519", public)
	}
	if k.ID == "" {
		sum := sha256.Sum256(scim.AppendJSON(nil, k.parameters()))
		k.ID = encode(sum[:])
	}
	return k, nil
}

// parameters are the required members of the key as a JWK (RFC 7518 §6.2, RFC 8037 §2).
func (k *Key) parameters() scim.Object {
	if k.ecdsa == nil {
		return scim.Object{"kty": "OKP", "crv": "Ed25519", "x": encode(k.ed25519)}
	}
	point, err := k.ecdsa.Bytes() // 4, x, y
	if err != nil {
		return scim.Object{}
	}
	return scim.Object{"kty": "EC", "crv": "P-256", "x": encode(point[1:33]), "y": encode(point[33:])}
}

// verify reports whether signature is that of input.
func (k *Key) verify(input, signature []byte) bool {
	if k.ecdsa == nil {
		return ed25519.Verify(k.ed25519, input, signature)
	}
	if len(signature) != 64 {
		return false
	}
	hash := sha256.Sum256(input)
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	return ecdsa.Verify(k.ecdsa, hash[:], r, s)
}

// SigningKey signs tokens. It is safe for concurrent use.
type SigningKey struct {
	public *Key
	signer crypto.Signer
}

// NewSigningKey makes a SigningKey of an *ecdsa.PrivateKey on P-256, an ed25519.PrivateKey, or another
// signer with such a public key. An empty id becomes the key's thumbprint.
func NewSigningKey(id string, signer crypto.Signer) (*SigningKey, error) {
	public, err := NewKey(id, signer.Public())
	if err != nil {
		return nil, err
	}
	return &SigningKey{public, signer}, nil
}

// Public returns the key that verifies what k signs.
func (k *SigningKey) Public() *Key { return k.public }

// Sign returns t as a compact JWS (RFC 7515 §7.1, RFC 8417 §2.3). The standard library's keys sign
// deterministically, so that the same token gives the same text each time.
func (k *SigningKey) Sign(t *Token) (string, error) {
	claims, err := t.Claims()
	if err != nil {
		return "", err
	}
	header := scim.AppendJSON(nil, scim.Object{"alg": k.public.Algorithm, "kid": k.public.ID, "typ": headerType})
	input := encode(header) + "." + encode(claims)
	signature, err := k.sign([]byte(input))
	if err != nil {
		return "", fmt.Errorf("secevent: sign: %w", err)
	}
	return input + "." + encode(signature), nil
}

func (k *SigningKey) sign(input []byte) ([]byte, error) {
	if k.public.Algorithm == EdDSA {
		return k.signer.Sign(nil, input, crypto.Hash(0))
	}
	hash := sha256.Sum256(input)
	// Without a random source, ecdsa.PrivateKey signs as in RFC 6979.
	der, err := k.signer.Sign(nil, hash[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var pair struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &pair); err != nil || len(rest) > 0 {
		return nil, errors.New("the signer returned no ECDSA signature")
	}
	out := make([]byte, 64)
	pair.R.FillBytes(out[:32])
	pair.S.FillBytes(out[32:])
	return out, nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// decode refuses what encode never makes: padding, line breaks, and bits that say nothing.
func decode(s string) ([]byte, error) {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 { // the decoder skips them
		return nil, base64.CorruptInputError(i)
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
