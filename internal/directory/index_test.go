package directory_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

func TestIndexKey_IsBoundedAndTellsApart(t *testing.T) {
	t.Parallel()
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(rapid.SampledFrom([]string{"a", "é", "日", "\U0001F600"}).Draw(t, "rune"), rapid.IntRange(0, 1500).Draw(t, "n")) +
			rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "end")
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		ka, kb := directory.IndexKey(a), directory.IndexKey(b)
		if len(ka) > directory.MaxIndexKey+64 || !utf8.ValidString(ka) {
			t.Errorf("the key of %d bytes has %d", len(a), len(ka))
		}
		if (ka == kb) != (a == b) {
			t.Errorf("equal: %t, keys equal: %t", a == b, ka == kb)
		}
		short := a[:min(len(a), directory.MaxIndexKey/2)]
		if strings.HasPrefix(b, short) != strings.HasPrefix(kb, short) {
			t.Errorf("the beginning of %d bytes is lost", len(short))
		}
	})
}

func TestCreate_HugeNames(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	name, display := strings.Repeat("\U0001F600", 320), strings.Repeat("Ä", 30_000)
	f.create("User", `{"userName":"`+name+`","externalId":"`+display+`","displayName":"`+display+`","emails":[{"value":"`+display+`"}]}`)
	_, err := f.tryCreate("User", `{"userName":"`+name+`"}`)
	wantError(t, err, 409, "uniqueness", "uniqueness.user-name")
	g := f.create("Group", `{"displayName":"`+display+`"}`)
	_, err = f.tryCreate("Group", `{"displayName":"`+strings.ToLower(display)+`"}`)
	wantError(t, err, 409, "uniqueness", "uniqueness.display-name")
	f.patch("Group", g.ID, `[{"op":"replace","path":"displayName","value":"short"}]`)
	if got := f.whole("User", f.search("User", `userName eq "`+name+`"`)[0]); got["displayName"] != display {
		t.Error("the name did not come back as it was sent")
	}
}

func TestLabelOf_SkipsBlanks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		obj  scim.Object
		want string
	}{
		{scim.Object{"displayName": "Ada", "userName": "ada"}, "Ada"},
		{scim.Object{"displayName": " ", "userName": "ada"}, "ada"},
		{scim.Object{"displayName": "", "userName": "ada"}, "ada"},
		{scim.Object{}, ""},
	} {
		if got := directory.LabelOf(tt.obj); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.obj, got, tt.want)
		}
	}
}
