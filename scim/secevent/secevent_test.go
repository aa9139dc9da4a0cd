package secevent

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/scim"
)

func newKeys(t testing.TB) []*SigningKey {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var keys []*SigningKey
	a, err1 := NewSigningKey("", ec)
	b, err2 := NewSigningKey("second", ed)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return append(keys, a, b)
}

func sample() *Token {
	return &Token{
		Issuer: "https://directory.example/source/scim/acme/v2", IssuedAt: time.Unix(1764000000, 0).UTC(), ID: "rcv.e7",
		Audience: []string{"https://app.example"}, Transaction: "txn-1", Occurred: time.Unix(1763999999, 0).UTC(),
		Subject: Subject{URI: "/Users/2819c223", ExternalID: "bjensen", ID: "2819c223", Unique: scim.Object{"userName": "bjensen"}},
		Events: []Event{
			Plain(FeedAdd),
			Full(CreateFull, scim.Object{"userName": "bjensen", "active": true}, `W/"1"`),
		},
	}
}

// Pins R-EVT-01, R-EVT-13.
func TestSign_VerifiesWithThePublishedKeySet(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	published, err := ParseKeySet(KeySet{keys[0].Public(), keys[1].Public()}.JSON())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		text, err := k.Sign(sample())
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := k.Sign(sample()); again != text {
			t.Errorf("%s: the same token is signed differently", k.Public().Algorithm)
		}
		v := Verifier{Keys: published, Issuer: sample().Issuer, Audience: "https://app.example"}
		got, err := v.Verify(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sample(), got, cmp.Transformer("payload", func(e Event) []any {
			return []any{e.URI, string(scim.AppendJSON(nil, e.Payload)) == "null" || len(e.Payload) == 0, e.Version()}
		})); diff != "" {
			t.Errorf("%s: claims differ (-want +got):\n%s", k.Public().Algorithm, diff)
		}
	}
}

func TestVerify_RefusesWithTheCodeOfRFC8935(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	good, err := keys[0].Sign(sample())
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	other, err := keys[1].Sign(sample())
	if err != nil {
		t.Fatal(err)
	}
	head := func(h scim.Object) string {
		return encode(scim.AppendJSON(nil, h)) + "." + parts[1] + "." + parts[2]
	}
	kid := keys[0].Public().ID
	// Another letter of base64url, whatever the signature begins with: one
	// outside of it would be a token that cannot be read at all.
	changed := "A" + parts[2][1:]
	if changed == parts[2] {
		changed = "B" + parts[2][1:]
	}
	for name, tc := range map[string]struct {
		token string
		v     Verifier
		want  ErrorCode
	}{
		"empty":                 {"", Verifier{}, InvalidRequest},
		"two parts":             {parts[0] + "." + parts[1], Verifier{}, InvalidRequest},
		"no base64":             {"!." + parts[1] + "." + parts[2], Verifier{}, InvalidRequest},
		"padded":                {parts[0] + "=." + parts[1] + "." + parts[2], Verifier{}, InvalidRequest},
		"line break":            {parts[0] + "." + parts[1] + "." + parts[2][:9] + "\n" + parts[2][9:], Verifier{}, InvalidRequest},
		"unknown key":           {other, Verifier{}, InvalidKey},
		"none":                  {head(scim.Object{"alg": "none", "typ": "secevent+jwt"}), Verifier{}, InvalidKey},
		"algorithm of other":    {head(scim.Object{"alg": "EdDSA", "kid": kid, "typ": "secevent+jwt"}), Verifier{}, InvalidKey},
		"an access token":       {head(scim.Object{"alg": "ES256", "kid": kid, "typ": "at+jwt"}), Verifier{}, InvalidRequest},
		"critical":              {head(scim.Object{"alg": "ES256", "kid": kid, "typ": "secevent+jwt", "crit": []any{"b64"}}), Verifier{}, InvalidRequest},
		"header not signed":     {head(scim.Object{"alg": "ES256", "kid": kid, "typ": "secevent+jwt", "x": "y"}), Verifier{}, InvalidKey},
		"signature changed":     {parts[0] + "." + parts[1] + "." + changed, Verifier{}, InvalidKey},
		"issuer":                {good, Verifier{Issuer: "https://other.example"}, InvalidIssuer},
		"audience":              {good, Verifier{Audience: "https://other.example"}, InvalidAudience},
		"claims of another one": {parts[0] + "." + strings.Split(other, ".")[1] + "x." + parts[2], Verifier{}, InvalidRequest},
	} {
		tc.v.Keys = KeySet{keys[0].Public()}
		_, err := tc.v.Verify(tc.token)
		var e *Error
		if !errors.As(err, &e) || e.Code != tc.want {
			t.Errorf("%s: got %v, want %s", name, err, tc.want)
		}
	}
}

// Pins R-EVT-01, R-EVT-02, R-EVT-05, R-EVT-06.
func TestClaims_RulesOfTheEvents(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*Token)
		ok     bool
	}{
		"sample":                {func(*Token) {}, true},
		"no issuer":             {func(t *Token) { t.Issuer = "" }, false},
		"no time":               {func(t *Token) { t.IssuedAt = time.Time{} }, false},
		"no id":                 {func(t *Token) { t.ID = "" }, false},
		"no event":              {func(t *Token) { t.Events = nil }, false},
		"no subject":            {func(t *Token) { t.Subject = Subject{} }, false},
		"other event, none":     {func(t *Token) { t.Subject, t.Events = Subject{}, []Event{Plain("https://x.example/e")} }, true},
		"twice":                 {func(t *Token) { t.Events = []Event{Plain(Delete), Plain(Delete)} }, false},
		"full without data":     {func(t *Token) { t.Events = []Event{Plain(PatchFull)} }, false},
		"full with both":        {func(t *Token) { t.Events[1].Payload["attributes"] = []any{"x"} }, false},
		"notice":                {func(t *Token) { t.Events = []Event{Notice(PatchNotice, []string{"members"}, `W/"2"`)} }, true},
		"notice without":        {func(t *Token) { t.Events = []Event{Plain(PutNotice)} }, false},
		"notice with data":      {func(t *Token) { t.Events = []Event{Full(CreateNotice, scim.Object{}, "")} }, false},
		"delete with data":      {func(t *Token) { t.Events = []Event{Full(Delete, scim.Object{}, "")} }, false},
		"deactivate and notice": {func(t *Token) { t.Events = []Event{Plain(Deactivate), Notice(PatchNotice, []string{"active"}, "")} }, true},
		"response":              {func(t *Token) { t.Events = []Event{Outcome{Method: "PUT", Status: "200"}.Event()} }, true},
		"response without":      {func(t *Token) { t.Events = []Event{Plain(AsyncResp)} }, false},
	} {
		token := sample()
		tc.change(token)
		text, err := token.Claims()
		if (err == nil) != tc.ok {
			t.Errorf("%s: Claims returned %v", name, err)
		}
		if err == nil {
			if _, err := ParseClaims(text); err != nil {
				t.Errorf("%s: what was written cannot be read: %v", name, err)
			}
		}
	}
}

// Pins R-EVT-02.
func TestParseClaims_Refuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no object":      `[]`,
		"sub":            `{"iss":"i","iat":1,"jti":"j","sub":"x","events":{"e":{}}}`,
		"iat text":       `{"iss":"i","iat":"1","jti":"j","events":{"e":{}}}`,
		"iat far":        `{"iss":"i","iat":1e99,"jti":"j","events":{"e":{}}}`,
		"iat negative":   `{"iss":"i","iat":-5,"jti":"j","events":{"e":{}}}`,
		"iss number":     `{"iss":1,"iat":1,"jti":"j","events":{"e":{}}}`,
		"aud number":     `{"iss":"i","iat":1,"jti":"j","aud":[1],"events":{"e":{}}}`,
		"aud object":     `{"iss":"i","iat":1,"jti":"j","aud":{},"events":{"e":{}}}`,
		"events array":   `{"iss":"i","iat":1,"jti":"j","events":[]}`,
		"payload string": `{"iss":"i","iat":1,"jti":"j","events":{"e":"x"}}`,
		"sub_id string":  `{"iss":"i","iat":1,"jti":"j","sub_id":"x","events":{"e":{}}}`,
		"other format":   `{"iss":"i","iat":1,"jti":"j","sub_id":{"format":"email"},"events":{"urn:ietf:params:scim:event:prov:delete":{}}}`,
		"duplicate":      `{"iss":"i","iat":1,"jti":"j","jti":"k","events":{"e":{}}}`,
	} {
		if _, err := ParseClaims([]byte(text)); err == nil {
			t.Errorf("%s: accepted %s", name, text)
		}
	}
}

// Pins R-EVT-08.
func TestOutcome_RoundTrip(t *testing.T) {
	t.Parallel()
	want := Outcome{Method: "POST", BulkID: "q", Version: `W/"3"`, Location: "https://d.example/Users/1", Status: "400",
		Response: scim.Object{"status": "400"}}
	got, ok := want.Event().Outcome()
	if !ok || !cmp.Equal(want, got) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, ok := Plain(Delete).Outcome(); ok {
		t.Error("a delete has an outcome")
	}
}

func TestKeys_OthersAreRefused(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSigningKey("", p384); err == nil {
		t.Error("P-384 was accepted")
	}
	if _, err := NewKey("", &rsa.PublicKey{}); err == nil {
		t.Error("RSA was accepted")
	}
	x := encode(make([]byte, 32))
	for text, want := range map[string]int{
		`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"OKP","crv":"Ed25519","x":"` + x + `","use":"enc"}]}`: 0,
		`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"` + x + `"}]}`:                                                 1,
		`{"keys":[{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + x + `"}]}`:                                    -1,
		`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}`:                                                      -1,
		`{"keys":[1]}`: -1,
		`{}`:           -1,
	} {
		set, err := ParseKeySet([]byte(text))
		if (err != nil) != (want < 0) || err == nil && len(set) != want {
			t.Errorf("%s: %d keys, %v", text, len(set), err)
		}
	}
}
