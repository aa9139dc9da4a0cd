package server

import (
	"net/http"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// BearerToken returns the token of the Authorization header (RFC 6750 §2.1), or "" when there is
// none in that form. Tokens in the query or the body are never looked at. More than one Authorization
// header is an error (400).
func BearerToken(r *http.Request) (string, error) {
	values := r.Header.Values("Authorization")
	if len(values) > 1 {
		return "", scim.Errorf(http.StatusBadRequest, "The request has %d Authorization headers. Send one.", len(values))
	}
	if len(values) == 0 {
		return "", nil
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", nil
	}
	token = strings.Trim(token, " \t")
	if !isB64Token(token) {
		return "", nil
	}
	return token, nil
}

// isB64Token implements b64token of RFC 6750 §2.1.
func isB64Token(s string) bool {
	body := strings.TrimRight(s, "=")
	if body == "" {
		return false
	}
	for i := range len(body) {
		c := body[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// Unauthorized answers 401 with a challenge (RFC 6750 §3). The body does not tell why: an unknown
// tenant, a wrong token and an expired one look the same. The error code invalid_token is sent only
// when the request had credentials (RFC 6750 §3.1).
func Unauthorized(w http.ResponseWriter, r *http.Request, realm string) {
	challenge := "Bearer realm=" + quoted(realm)
	if r.Header.Get("Authorization") != "" {
		challenge += `, error="invalid_token", error_description="The access token is unknown, expired or revoked"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	WriteError(w, r, scim.Errorf(http.StatusUnauthorized,
		"The request carries no valid access token for this base URL. Check the URL and the secret token in the identity provider's configuration."))
}

// InsufficientScope answers 403 with a challenge for a token that may not do what was asked.
func InsufficientScope(w http.ResponseWriter, r *http.Request, realm, scope string) {
	challenge := "Bearer realm=" + quoted(realm) + `, error="insufficient_scope"`
	if scope != "" {
		challenge += ", scope=" + quoted(scope)
	}
	w.Header().Set("WWW-Authenticate", challenge)
	WriteError(w, r, scim.Errorf(http.StatusForbidden,
		"The access token does not permit this operation. Use a token with a wider scope."))
}

// quoted makes a quoted-string of RFC 9110 §5.6.4, leaving out what it cannot hold.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= ' ' && c < 0x7f:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
