package console

import (
	"embed"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
)

//go:embed templates/*.html static
var embedded embed.FS

// Config is what a console needs.
type Config struct {
	Accounts *account.Service
	Origin   *httpx.Origin
	// Bundle is the built single-page application; nil when it was not built, in which case a page
	// says how to build it.
	Bundle fs.FS
	Logger *slog.Logger
}

// Handler serves /, /setup, /login, /logout, /admin/… and /static/….
type Handler struct {
	Config
	pages *template.Template
	app   *bundle
	mux   *http.ServeMux
	// guarded is mux behind what protects it.
	guarded http.Handler
}

// New makes the handler.
func New(c Config) (*Handler, error) {
	pages, err := template.ParseFS(embedded, "templates/*.html")
	if err != nil {
		return nil, err
	}
	h := &Handler{Config: c, pages: pages, mux: http.NewServeMux()}
	if c.Bundle != nil {
		if h.app, err = newBundle(c.Bundle); err != nil {
			return nil, err
		}
	}
	static, err := fs.Sub(embedded, "static")
	if err != nil {
		return nil, err
	}
	files := http.StripPrefix("/static/", http.FileServerFS(static))
	h.mux.HandleFunc("GET /static/{file}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := fs.Stat(static, r.PathValue("file")); err != nil {
			h.notFound(w, r)
			return
		}
		files.ServeHTTP(w, r)
	})
	h.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/admin/", http.StatusFound) })
	h.mux.HandleFunc("GET /setup", h.showSetup)
	h.mux.HandleFunc("POST /setup", h.setUp)
	h.mux.HandleFunc("GET /login", h.showLogin)
	h.mux.HandleFunc("POST /login", h.logIn)
	h.mux.HandleFunc("POST /logout", h.logOut)
	h.mux.HandleFunc("GET /admin", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/admin/", http.StatusMovedPermanently)
	})
	h.mux.HandleFunc("GET /admin/", h.admin)
	h.mux.HandleFunc("/", h.notFound)
	h.guarded = httpx.SecurityHeaders(h.Origin.CrossOrigin().Handler(h.mux))
	return h, nil
}

// ServeHTTP implements http.Handler. State-changing requests from other sites are refused.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	h.guarded.ServeHTTP(w, r)
}

// admin serves the application to whoever is logged in. Hashed assets are public: they hold no data.
func (h *Handler) admin(w http.ResponseWriter, r *http.Request) {
	if h.app == nil {
		h.render(w, http.StatusOK, "unbuilt.html", nil)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/admin/")
	if h.app.has(path) {
		h.app.serve(w, r, path)
		return
	}
	if strings.HasPrefix(path, "assets/") {
		h.notFound(w, r)
		return
	}
	if _, err := h.Accounts.Authenticate(r.Context(), h.Origin.Session(r)); err != nil {
		http.Redirect(w, r, h.entrance(r), http.StatusFound)
		return
	}
	h.app.serve(w, r, "index.html")
}

// entrance is where somebody without a session goes: log-in, which leads back to where they were.
func (h *Handler) entrance(r *http.Request) string {
	target := r.URL.RequestURI()
	if target == "/admin/" {
		return "/login"
	}
	return "/login?next=" + url.QueryEscape(target)
}

func (h *Handler) notFound(w http.ResponseWriter, _ *http.Request) {
	h.render(w, http.StatusNotFound, "notfound.html", nil)
}

func (h *Handler) render(w http.ResponseWriter, status int, page string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := h.pages.ExecuteTemplate(w, page, data); err != nil {
		h.Logger.Warn("render page", "page", page, "error", err)
	}
}

// cause makes the cause of an act from this console.
func (h *Handler) cause(r *http.Request) directory.Cause {
	return directory.Cause{Kind: "admin", RequestID: httpx.RequestID(r.Context()), ClientIP: h.Origin.ClientIP(r)}
}
