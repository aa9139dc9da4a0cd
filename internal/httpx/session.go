package httpx

import (
	"net/http"
	"time"
)

// The session cookie's names. The __Host- prefix makes browsers insist on https, path / and no
// domain; over plain http (a trial on one's own machine) browsers refuse such a cookie.
const (
	secureCookie = "__Host-roster_session"
	plainCookie  = "roster_session"
)

// SetSession gives the browser a session secret for life.
func (o *Origin) SetSession(w http.ResponseWriter, r *http.Request, secret string, life time.Duration) {
	http.SetCookie(w, o.cookie(r, secret, int(life/time.Second)))
}

// ClearSession takes the session secret away.
func (o *Origin) ClearSession(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, o.cookie(r, "", -1))
}

func (o *Origin) cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	c := &http.Cookie{Name: plainCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if o.Secure(r) {
		c.Name, c.Secure = secureCookie, true
	}
	return c
}

// Session returns the session secret that the browser sent, or "". Over https the plain cookie, which
// a neighbour on the same host could set, is not looked at.
func (o *Origin) Session(r *http.Request) string {
	name := plainCookie
	if o.Secure(r) {
		name = secureCookie
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
