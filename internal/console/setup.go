package console

import (
	"errors"
	"net/http"

	"github.com/rosterhq/roster/internal/account"
)

func (h *Handler) showSetup(w http.ResponseWriter, r *http.Request) {
	f := form{Title: "Set up Roster", Key: r.FormValue("k"), Username: "admin", MinPassword: account.MinPassword}
	status := http.StatusOK
	if err := h.Accounts.CheckSetupKey(r.Context(), f.Key); err != nil {
		status = http.StatusForbidden
		f.Error, f.Closed = sentence(err), true
	}
	h.render(w, status, "setup.html", f)
}

func (h *Handler) setUp(w http.ResponseWriter, r *http.Request) {
	f := form{
		Title: "Set up Roster", Key: r.PostFormValue("k"), Username: r.PostFormValue("username"),
		Display: r.PostFormValue("display_name"), MinPassword: account.MinPassword,
	}
	password := r.PostFormValue("password")
	if password != r.PostFormValue("confirm") {
		f.Error = "The two passwords differ. Type the same password twice."
		h.render(w, http.StatusUnprocessableEntity, "setup.html", f)
		return
	}
	login := account.Login{Username: f.Username, ClientIP: h.Origin.ClientIP(r), UserAgent: r.UserAgent()}
	secret, _, err := h.Accounts.SetUp(r.Context(), f.Key, account.NewAdmin{Username: f.Username, DisplayName: f.Display, Password: password}, login, h.cause(r))
	if err != nil {
		status := h.setupError(&f, err)
		h.render(w, status, "setup.html", f)
		return
	}
	h.Origin.SetSession(w, r, secret, account.SessionMax)
	http.Redirect(w, r, "/admin/", http.StatusSeeOther)
}

func (h *Handler) setupError(f *form, err error) int {
	var password *account.PasswordError
	var input *account.InputError
	switch {
	case errors.Is(err, account.ErrSetupDone), errors.Is(err, account.ErrSetupKey):
		f.Error, f.Closed = sentence(err), true
		return http.StatusForbidden
	case errors.As(err, &password):
		f.Error = sentence(password)
	case errors.As(err, &input):
		f.Error = sentence(input)
	default:
		h.Logger.Error("set up", "error", err)
		f.Error = "Set-up failed because of an internal error. Try again; the server's log has the details."
		return http.StatusInternalServerError
	}
	return http.StatusUnprocessableEntity
}

// sentence makes an error text fit to be read: a capital letter and a full stop.
func sentence(err error) string {
	text := err.Error()
	if text == "" {
		return ""
	}
	if c := text[0]; 'a' <= c && c <= 'z' {
		text = string(c-'a'+'A') + text[1:]
	}
	return text + "."
}
