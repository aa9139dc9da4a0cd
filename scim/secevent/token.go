package secevent

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/scim"
)

// subjectFormat is the identifier format of a SCIM resource (RFC 9967 §2.1, RFC 9493).
const subjectFormat = "scim"

// Token is the claims set of a Security Event Token (RFC 8417 §2.2). Issuer, IssuedAt, ID and at
// least one event are required; SCIM events also need a Subject.
type Token struct {
	Issuer   string    // iss
	IssuedAt time.Time // iat, in whole seconds
	ID       string    // jti: the same for each transmission of this token
	Audience []string  // aud
	// Transaction (txn) is the same for all tokens of one transaction (RFC 9967 §2.2).
	Transaction string
	// Occurred (toe) is when the event happened; zero leaves it out.
	Occurred time.Time
	Subject  Subject
	// Events are sorted by URI in a token that was read.
	Events []Event
}

// Subject is the sub_id claim: the resource an event is about (RFC 9967 §2.1).
type Subject struct {
	// URI is the resource's path relative to the base URL of the service, such as /Users/2819c223.
	URI string
	// ExternalID and ID are optional.
	ExternalID, ID string
	// Unique holds further attributes whose values identify the resource, such as userName.
	Unique scim.Object
}

// Event returns the token's event of that URI.
func (t *Token) Event(uri string) (Event, bool) {
	for _, e := range t.Events {
		if e.URI == uri {
			return e, true
		}
	}
	return Event{}, false
}

// URIs returns the URIs of the token's events in their order.
func (t *Token) URIs() []string {
	uris := make([]string, len(t.Events))
	for i, e := range t.Events {
		uris[i] = e.URI
	}
	return uris
}

// check tells what keeps a token from being valid.
func (t *Token) check() error {
	switch {
	case t.Issuer == "":
		return errors.New("the token has no issuer (iss)")
	case t.IssuedAt.IsZero():
		return errors.New("the token has no time of issue (iat)")
	case t.ID == "":
		return errors.New("the token has no identifier (jti)")
	case len(t.Events) == 0:
		return errors.New("the token has no event")
	}
	for i, e := range t.Events {
		if err := e.check(); err != nil {
			return err
		}
		if strings.HasPrefix(e.URI, "urn:ietf:params:scim:event:") && t.Subject.URI == "" {
			return errors.New("the token has no sub_id with a uri (RFC 9967 §2.1)")
		}
		if slices.ContainsFunc(t.Events[:i], func(o Event) bool { return o.URI == e.URI }) {
			return fmt.Errorf("the event %s occurs twice", e.URI)
		}
	}
	return nil
}

// Claims returns the JSON text of the claims set. Equal tokens give equal text.
func (t *Token) Claims() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	events := scim.Object{}
	for _, e := range t.Events {
		payload := e.Payload
		if payload == nil {
			payload = scim.Object{}
		}
		events[e.URI] = payload
	}
	claims := scim.Object{"iss": t.Issuer, "iat": t.IssuedAt.Unix(), "jti": t.ID, "events": events}
	if len(t.Audience) > 0 {
		claims["aud"] = t.Audience
	}
	if t.Transaction != "" {
		claims["txn"] = t.Transaction
	}
	if !t.Occurred.IsZero() {
		claims["toe"] = t.Occurred.Unix()
	}
	if t.Subject.URI != "" {
		claims["sub_id"] = t.Subject.object()
	}
	return scim.AppendJSON(nil, claims), nil
}

func (s Subject) object() scim.Object {
	obj := scim.Object{"format": subjectFormat, "uri": s.URI}
	for name, v := range s.Unique {
		if _, taken := obj[name]; !taken {
			obj[name] = v
		}
	}
	if s.ExternalID != "" {
		obj["externalId"] = s.ExternalID
	}
	if s.ID != "" {
		obj["id"] = s.ID
	}
	return obj
}

// claimDepth bounds the nesting of claims: a token holds one resource, wrapped a few levels deeper.
const claimDepth = 40

// ParseClaims reads a claims set. It does not verify anything: see Verifier.
func ParseClaims(text []byte) (*Token, error) {
	claims, err := scim.DecodeObject(text, scim.Limits{Depth: claimDepth})
	if err != nil {
		return nil, err
	}
	t := &Token{}
	if _, sent := claims["sub"]; sent {
		return nil, errors.New("the token has a sub claim; SCIM events identify their subject by sub_id (RFC 9967 §2.1)")
	}
	for name, dest := range map[string]*string{"iss": &t.Issuer, "jti": &t.ID, "txn": &t.Transaction} {
		if err := textClaim(claims, name, dest); err != nil {
			return nil, err
		}
	}
	for name, dest := range map[string]*time.Time{"iat": &t.IssuedAt, "toe": &t.Occurred} {
		if err := date(claims, name, dest); err != nil {
			return nil, err
		}
	}
	if t.Audience, err = audience(claims["aud"]); err != nil {
		return nil, err
	}
	if t.Subject, err = subject(claims["sub_id"]); err != nil {
		return nil, err
	}
	events, ok := claims["events"].(scim.Object)
	if !ok {
		return nil, errors.New("the token has no events object")
	}
	for uri, v := range events {
		payload, ok := v.(scim.Object)
		if !ok {
			return nil, fmt.Errorf("the payload of event %s is not an object", scim.Abbreviate(uri))
		}
		t.Events = append(t.Events, Event{URI: uri, Payload: payload})
	}
	slices.SortFunc(t.Events, func(a, b Event) int { return strings.Compare(a.URI, b.URI) })
	return t, t.check()
}

func textClaim(claims scim.Object, name string, dest *string) error {
	v, sent := claims[name]
	if !sent {
		return nil
	}
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("the claim %s is not a string", name)
	}
	*dest = s
	return nil
}

// date reads a NumericDate (RFC 7519 §2); fractions are dropped.
func date(claims scim.Object, name string, dest *time.Time) error {
	v, sent := claims[name]
	if !sent {
		return nil
	}
	n, _ := v.(scim.Number)
	whole, _, _ := strings.Cut(string(n), ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	const latest = 253402300799 // the end of year 9999
	if err != nil || seconds < 0 || seconds > latest {
		return fmt.Errorf("the claim %s is not a date in seconds since 1970", name)
	}
	*dest = time.Unix(seconds, 0).UTC()
	return nil
}

// audience reads aud, which is one string or an array of them (RFC 7519 §4.1.3).
func audience(v any) ([]string, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []any:
		list := make([]string, 0, len(v))
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, errors.New("the claim aud holds something else than strings")
			}
			list = append(list, s)
		}
		return list, nil
	}
	return nil, errors.New("the claim aud is neither a string nor an array")
}

// subject reads sub_id. A subject in another format is left empty: check complains where it matters.
func subject(v any) (s Subject, err error) {
	if v == nil {
		return s, nil
	}
	obj, ok := v.(scim.Object)
	if !ok {
		return s, errors.New("the claim sub_id is not an object")
	}
	if obj["format"] != subjectFormat {
		return s, nil
	}
	s.URI, _ = obj["uri"].(string)
	s.ExternalID, _ = obj["externalId"].(string)
	s.ID, _ = obj["id"].(string)
	for name, value := range obj {
		switch name {
		case "format", "uri", "externalId", "id":
			continue
		}
		if s.Unique == nil {
			s.Unique = scim.Object{}
		}
		s.Unique[name] = value
	}
	return s, nil
}
