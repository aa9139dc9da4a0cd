package secevent_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"net/http"
	"time"

	"github.com/rosterhq/roster/scim/secevent"
)

func Example() {
	signer, err := secevent.NewSigningKey("2026", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		panic(err)
	}
	text, err := signer.Sign(&secevent.Token{
		Issuer: "https://directory.example", IssuedAt: time.Unix(1764000000, 0), ID: "4d3559ec", Audience: []string{"https://app.example"},
		Subject: secevent.Subject{URI: "/Groups/176f397e"},
		Events:  []secevent.Event{secevent.Notice(secevent.PatchNotice, []string{"members"}, `W/"8"`)},
	})
	if err != nil {
		panic(err)
	}

	// The receiver has read the issuer's key set.
	keys, err := secevent.ParseKeySet(secevent.KeySet{signer.Public()}.JSON())
	if err != nil {
		panic(err)
	}
	verifier := &secevent.Verifier{Keys: keys, Issuer: "https://directory.example", Audience: "https://app.example"}
	token, err := verifier.Verify(text)
	if err != nil {
		panic(err)
	}
	event, _ := token.Event(secevent.PatchNotice)
	fmt.Println(token.Subject.URI, event.Attributes(), event.Version())
	// Output: /Groups/176f397e [members] W/"8"
}

func ExampleReceiver() {
	var verifier *secevent.Verifier // with the issuer's keys
	receiver := &secevent.Receiver{Verifier: verifier, Accept: func(_ context.Context, t *secevent.Token) error {
		fmt.Println("keep", t.ID) // return nil once it is safe
		return nil
	}}
	http.NewServeMux().Handle("/events", receiver)
	// Output:
}
