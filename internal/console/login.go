package console

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/account"
)

// form is what the pages for log-in and set-up show.
type form struct {
	Title    string
	Error    string
	Username string
	Display  string
	Next     string
	Key      string
	// Closed hides the fields: the message is all there is.
	Closed      bool
	MinPassword int
}

func (h *Handler) showLogin(w http.ResponseWriter, r *http.Request) {
	if _, err := h.Accounts.Authenticate(r.Context(), h.Origin.Session(r)); err == nil {
		http.Redirect(w, r, localPath(r.FormValue("next")), http.StatusFound)
		return
	}
	f := form{Title: "Log in", Next: r.FormValue("next")}
	if needed, err := h.Accounts.SetupNeeded(r.Context()); err == nil && needed {
		f.Error = "There is no administrator yet. Open the set-up link that the server printed when it started, or run: roster admin create --username NAME --password-stdin"
	}
	h.render(w, http.StatusOK, "login.html", f)
}

func (h *Handler) logIn(w http.ResponseWriter, r *http.Request) {
	f := form{Title: "Log in", Username: r.PostFormValue("username"), Next: r.PostFormValue("next")}
	secret, _, err := h.Accounts.LogIn(r.Context(), account.Login{
		Username: f.Username, Password: r.PostFormValue("password"), ClientIP: h.Origin.ClientIP(r), UserAgent: r.UserAgent(),
	}, h.cause(r))
	if err != nil {
		status := http.StatusUnauthorized
		var throttled *account.ThrottledError
		switch {
		case errors.As(err, &throttled):
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", strconv.Itoa(int(throttled.RetryAfter/time.Second)+1))
			f.Error = "Too many failed attempts. Try again in " + throttled.RetryAfter.Round(time.Second).String() + "."
		case errors.Is(err, account.ErrCredentials):
			f.Error = "The username or the password is wrong."
		default:
			status = http.StatusInternalServerError
			f.Error = "Logging in failed because of an internal error. Try again; the server's log has the details."
			h.Logger.Error("log in", "error", err)
		}
		h.render(w, status, "login.html", f)
		return
	}
	h.Origin.SetSession(w, r, secret, account.SessionMax)
	http.Redirect(w, r, localPath(f.Next), http.StatusSeeOther)
}

func (h *Handler) logOut(w http.ResponseWriter, r *http.Request) {
	if err := h.Accounts.LogOut(r.Context(), h.Origin.Session(r), h.cause(r)); err != nil {
		h.Logger.Error("log out", "error", err)
	}
	h.Origin.ClearSession(w, r)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// localPath keeps a redirect within the application: a path below /admin, else its start. What climbs out
// again with dots does not count as one.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/admin/") || strings.ContainsAny(next, "\\\r\n") ||
		!strings.HasPrefix(path.Clean(u.Path)+"/", "/admin/") {
		return "/admin/"
	}
	return next
}
