package secevent

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"fmt"

	"github.com/rosterhq/roster/scim"
)

// KeySet is a set of public keys, such as an issuer publishes (RFC 7517 §5).
type KeySet []*Key

// JSON returns the JWK set.
func (s KeySet) JSON() []byte {
	list := make([]any, len(s))
	for i, k := range s {
		jwk := k.parameters()
		jwk["kid"], jwk["alg"], jwk["use"] = k.ID, k.Algorithm, "sig"
		list[i] = jwk
	}
	return scim.AppendJSON(nil, scim.Object{"keys": list})
}

// ParseKeySet reads a JWK set. Keys of other kinds, and keys that are not for signatures, are left out.
func ParseKeySet(text []byte) (KeySet, error) {
	const size = 1 << 20
	doc, err := scim.DecodeObject(text, scim.Limits{Bytes: size})
	if err != nil {
		return nil, err
	}
	list, ok := doc["keys"].([]any)
	if !ok {
		return nil, errors.New("the document is no JWK set: it has no keys array (RFC 7517 §5)")
	}
	set := KeySet{}
	for i, v := range list {
		jwk, ok := v.(scim.Object)
		if !ok {
			return nil, fmt.Errorf("keys[%d] is not an object", i)
		}
		k, err := parseJWK(jwk)
		if err != nil {
			return nil, fmt.Errorf("keys[%d]: %w", i, err)
		}
		if k != nil {
			set = append(set, k)
		}
	}
	return set, nil
}

// parseJWK returns nil for a key that is of no use here.
func parseJWK(jwk scim.Object) (*Key, error) {
	text := func(name string) string {
		s, _ := jwk[name].(string)
		return s
	}
	if use := text("use"); use != "" && use != "sig" {
		return nil, nil
	}
	coordinate := func(name string) ([]byte, error) {
		b, err := decode(text(name))
		if err != nil || len(b) != 32 {
			return nil, fmt.Errorf("%s must be 32 bytes in base64url", name)
		}
		return b, nil
	}
	switch text("kty") + " " + text("crv") {
	case "EC P-256":
		x, err := coordinate("x")
		if err != nil {
			return nil, err
		}
		y, err := coordinate("y")
		if err != nil {
			return nil, err
		}
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
		if err != nil {
			return nil, errors.New("x and y are not a point of the curve")
		}
		return NewKey(text("kid"), public)
	case "OKP Ed25519":
		x, err := coordinate("x")
		if err != nil {
			return nil, err
		}
		return NewKey(text("kid"), ed25519.PublicKey(x))
	}
	return nil, nil
}

// find returns the keys that may have signed a token with that header.
func (s KeySet) find(id, algorithm string) []*Key {
	var found []*Key
	for _, k := range s {
		if k.Algorithm == algorithm && (id == "" || k.ID == id) {
			found = append(found, k)
		}
	}
	return found
}
