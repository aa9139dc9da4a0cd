package secevent

import (
	"errors"
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// ErrorCode tells a transmitter why a token was not accepted (RFC 8935 §2.4).
type ErrorCode string

// The registered error codes.
const (
	InvalidRequest       ErrorCode = "invalid_request"
	InvalidKey           ErrorCode = "invalid_key"
	InvalidIssuer        ErrorCode = "invalid_issuer"
	InvalidAudience      ErrorCode = "invalid_audience"
	AuthenticationFailed ErrorCode = "authentication_failed"
	AccessDenied         ErrorCode = "access_denied"
)

// Error is a refused token. It may be sent to the transmitter as it is.
type Error struct {
	Code        ErrorCode
	Description string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Description }

// Verifier verifies tokens of one issuer.
type Verifier struct {
	// Keys are the issuer's public keys.
	Keys KeySet
	// Issuer is the required iss; empty accepts any.
	Issuer string
	// Audience is what the receiver is called; a token that names an audience without it is refused.
	// Empty accepts any.
	Audience string
}

// MaxTokenBytes is the longest token that Verify and Receiver read.
const MaxTokenBytes = 24 << 20

// Verify checks a compact JWS and returns its claims. Errors are *Error. Whether the token was seen
// before (by its ID) is for the caller to find out.
func (v *Verifier) Verify(token string) (*Token, error) {
	if len(token) > MaxTokenBytes {
		return nil, &Error{InvalidRequest, "the token is too long"}
	}
	input, signature, header, claims, err := split(token)
	if err != nil {
		return nil, &Error{InvalidRequest, err.Error()}
	}
	if err := v.signed(header, input, signature); err != nil {
		return nil, err
	}
	t, err := ParseClaims(claims)
	if err != nil {
		return nil, &Error{InvalidRequest, describe(err)}
	}
	if v.Issuer != "" && t.Issuer != v.Issuer {
		return nil, &Error{InvalidIssuer, "the issuer " + scim.Abbreviate(t.Issuer) + " is not the expected one"}
	}
	if v.Audience != "" && !slices.Contains(t.Audience, v.Audience) {
		return nil, &Error{InvalidAudience, "the token is for another audience"}
	}
	return t, nil
}

// signed checks the header and the signature. The algorithm is the key's, never the header's choice.
func (v *Verifier) signed(header scim.Object, input string, signature []byte) error {
	if typ, _ := header["typ"].(string); !strings.EqualFold(strings.TrimPrefix(strings.ToLower(typ), "application/"), headerType) {
		return &Error{InvalidRequest, "the token's type is not " + headerType}
	}
	if header["crit"] != nil {
		return &Error{InvalidRequest, "the header has critical extensions"}
	}
	algorithm, _ := header["alg"].(string)
	if algorithm == "Ed25519" { // RFC 9864 gives EdDSA on that curve its own name
		algorithm = EdDSA
	}
	id, _ := header["kid"].(string)
	keys := v.Keys.find(id, algorithm)
	if len(keys) == 0 {
		return &Error{InvalidKey, "no known key matches the token's kid and alg"}
	}
	for _, k := range keys {
		if k.verify([]byte(input), signature) {
			return nil
		}
	}
	return &Error{InvalidKey, "the signature is wrong"}
}

// split takes a compact JWS apart.
func split(token string) (input string, signature []byte, header scim.Object, claims []byte, err error) {
	bad := errors.New("the token is not a compact JWS")
	end := strings.LastIndexByte(token, '.')
	if end < 0 || strings.Count(token, ".") != 2 {
		return "", nil, nil, nil, bad
	}
	input = token[:end]
	head, body, _ := strings.Cut(input, ".")
	headerText, err1 := decode(head)
	claims, err2 := decode(body)
	signature, err3 := decode(token[end+1:])
	if errors.Join(err1, err2, err3) != nil {
		return "", nil, nil, nil, bad
	}
	const headerBytes = 16 << 10
	if header, err = scim.DecodeObject(headerText, scim.Limits{Bytes: headerBytes}); err != nil {
		return "", nil, nil, nil, bad
	}
	return input, signature, header, claims, nil
}

// describe turns an error into a description without status codes.
func describe(err error) string {
	var e *scim.Error
	if errors.As(err, &e) {
		return e.Detail
	}
	return err.Error()
}
