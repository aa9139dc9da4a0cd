package directory

import (
	"bytes"
	"errors"
	"testing"
)

func TestSeal_OpensOnlyForItsPurposeAndKey(t *testing.T) {
	t.Parallel()
	k, err := NewKeyring(bytes.Repeat([]byte{1}, MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewKeyring(bytes.Repeat([]byte{2}, MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	sealed := k.Seal("a", []byte("secret"))
	if got, err := k.Open("a", sealed); err != nil || string(got) != "secret" {
		t.Errorf("opened %q, %v", got, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"purpose": func() ([]byte, error) { return k.Open("b", sealed) },
		"key":     func() ([]byte, error) { return other.Open("a", sealed) },
		"changed": func() ([]byte, error) { return k.Open("a", changed) },
		"short":   func() ([]byte, error) { return k.Open("a", sealed[:5]) },
	} {
		if got, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: opened %q, %v", name, got, err)
		}
	}
}
