package directory

import (
	"strings"
	"testing"
)

// Pins R-AUTH-08.
func TestParseToken_AcceptsOnlyWhatWeMade(t *testing.T) {
	t.Parallel()
	id, text := newTokenText()
	if got, ok := ParseToken(text); !ok || got != id || len(text) != tokenTextSize {
		t.Errorf("ParseToken(%q) = %q, %v", text, got, ok)
	}
	for i := range text {
		damaged := text[:i] + "#" + text[i+1:]
		if _, ok := ParseToken(damaged); ok {
			t.Errorf("%q was accepted", damaged)
		}
	}
	for _, other := range []string{"", "rst_", text + "a", text[1:], strings.ToUpper(text), " " + text, "rsk_" + text[4:]} {
		if _, ok := ParseToken(other); ok {
			t.Errorf("%q was accepted", other)
		}
	}
}

// Pins R-AUTH-08, R-SEC-02.
func TestKeyring_ChecksAndSeals(t *testing.T) {
	t.Parallel()
	k, err := NewKeyring([]byte(strings.Repeat("k", MasterKeySize)))
	if err != nil {
		t.Fatal(err)
	}
	id, text := newTokenText()
	_, wrong := newTokenText()
	tok := &Token{ID: id, MAC: k.macOf(text), Sealed: k.sealText(id, text)}
	if !k.Check(tok, text) || k.Check(tok, wrong) || k.Check(nil, text) || k.Check(&Token{}, text) {
		t.Error("Check is wrong")
	}
	if got, err := k.open(tok); err != nil || got != text {
		t.Errorf("open: %q, %v", got, err)
	}
	other, err := NewKeyring([]byte(strings.Repeat("o", MasterKeySize)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.open(tok); err == nil || other.Check(tok, text) {
		t.Error("another master key opens the token")
	}
	if _, err := k.open(&Token{ID: "other", Sealed: tok.Sealed}); err == nil {
		t.Error("the copy of one token passes for another's")
	}
	if _, err := k.open(&Token{ID: id, Sealed: []byte("short")}); err == nil {
		t.Error("a cut copy opens")
	}
	if strings.Contains(string(tok.Sealed), text[4:]) {
		t.Error("the sealed copy is readable")
	}
	if _, err := NewKeyring([]byte("short")); err == nil {
		t.Error("a short key is accepted")
	}
}

func TestNewPublicID_IsPlain(t *testing.T) {
	t.Parallel()
	seen := map[rune]bool{}
	for range 200 {
		id := string(newPublicID())
		if len(id) != publicIDSize || strings.ContainsAny(id, "aeiouylpqx_") {
			t.Fatalf("public id %q", id)
		}
		for _, r := range id {
			seen[r] = true
		}
	}
	if len(seen) != 24 {
		t.Errorf("%d different letters in 2400, want all 24", len(seen))
	}
}
