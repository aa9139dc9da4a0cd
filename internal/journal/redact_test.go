package journal

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestMayHideSecret_MissesNone puts pieces of words together: whatever has a secret's name in its lower
// case is found, and without escapes nothing else is.
func TestMayHideSecret_MissesNone(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"pass", "WORD", "word", "w", "to", "TOk", "k", "en", "\u212aen", "sec", "Ret", "c", "author", "author\u0130", "iZation",
		"z", "zation", "ation", "PASSWORD", "client_secret", `"`, `\`, "é", "\u017fecret"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "")
		lower := strings.ToLower(text)
		want := slices.ContainsFunc([]string{"password", "token", "secret", "authorization"}, func(w string) bool { return strings.Contains(lower, w) })
		got := mayHideSecret([]byte(text))
		if want && !got {
			t.Fatalf("%q hides a secret", text)
		}
		if got && !want && !strings.ContainsAny(text, "\u212a\u0130") {
			t.Fatalf("%q hides nothing", text)
		}
	})
	if !mayHideSecret([]byte(`{"p\u0061ssword":1}`)) {
		t.Error("an escape was taken for harmless")
	}
}

func BenchmarkMayHideSecret(b *testing.B) {
	body := bytes.Repeat([]byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"locale":"en-GB","title":"Principal Consultant","emails":[{"type":"work"}]}`), 12)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if mayHideSecret(body) {
			b.Fatal("it hides nothing")
		}
	}
}
