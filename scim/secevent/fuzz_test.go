package secevent

import (
	"bytes"
	"testing"
)

// FuzzVerify: no input is accepted without the right signature, and none panics.
func FuzzVerify(f *testing.F) {
	keys := newKeys(f)
	for _, k := range keys {
		text, err := k.Sign(sample())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(text[:len(text)-1])
	}
	f.Add("a.b.c")
	stranger := newKeys(f)[0].Public()
	f.Fuzz(func(t *testing.T, token string) {
		v := Verifier{Keys: KeySet{stranger}}
		if got, err := v.Verify(token); err == nil {
			t.Fatalf("accepted %+v", got)
		}
	})
}

// FuzzParseClaims: what is accepted is written and read again without loss.
func FuzzParseClaims(f *testing.F) {
	text, err := sample().Claims()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"iss":"i","iat":1.5,"jti":"j","aud":"a","sub_id":{"format":"scim","uri":"/Users/1","emails":[{}]},"events":{"e":{"x":[1e5]}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		token, err := ParseClaims(text)
		if err != nil {
			return
		}
		once, err := token.Claims()
		if err != nil {
			t.Fatalf("cannot be written: %v", err)
		}
		again, err := ParseClaims(once)
		if err != nil {
			t.Fatalf("cannot be read again: %v\n%s", err, once)
		}
		if twice, _ := again.Claims(); !bytes.Equal(once, twice) {
			t.Fatalf("%s\n%s", once, twice)
		}
	})
}
