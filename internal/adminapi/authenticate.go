package adminapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/present"
)

// accessKey is where an operation's metadata has its access.
const accessKey = "access"

// access tells who may use an operation: everybody, whoever is authenticated, or the roles with a
// permission. Every operation has exactly one of them.
type access struct {
	public     bool
	anyone     bool
	permission account.Permission
}

func public() access                             { return access{public: true} }
func authenticated() access                      { return access{anyone: true} }
func needs(permission account.Permission) access { return access{permission: permission} }

// call is one request being served: who asked, and what the request line and headers tell.
type call struct {
	// who is nil in public operations.
	who    *account.Principal
	origin *httpx.Origin
	w      http.ResponseWriter
	r      *http.Request
}

type callKey struct{}

// callOf returns the call that authorize put into the context of every operation.
func callOf(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// cause is the cause of a change by this call.
func (c *call) cause() directory.Cause {
	id, ip := httpx.RequestID(c.r.Context()), c.origin.ClientIP(c.r)
	if c.who == nil {
		return directory.Cause{Kind: "admin", RequestID: id, ClientIP: ip}
	}
	return c.who.Cause(id, ip)
}

func (c *call) public() string { return c.origin.BaseURL(c.r) }

// scimBase is the SCIM Base URL of a source as this client would reach it.
func (c *call) scimBase(slug string) string { return present.BaseURL(c.public(), slug) }

// unhurried lifts the server's time limits for an answer that may take long.
func (c *call) unhurried(limit time.Duration) {
	rc := http.NewResponseController(c.w)
	// Without the first, net/http would end the request's context at the server's read timeout. Servers
	// without deadlines, as in tests, need neither.
	_ = rc.SetReadDeadline(time.Time{})
	_ = rc.SetWriteDeadline(time.Now().Add(limit))
}

// authorize lets a request pass if its principal may use the operation.
func (a *api) authorize(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	c := &call{origin: a.Origin, w: w, r: r}
	who, _ := ctx.Operation().Metadata[accessKey].(access)
	if !who.public {
		principal, err := a.authenticate(r)
		if err != nil {
			a.refuse(ctx, a.problem(ctx.Context(), err))
			return
		}
		if !who.anyone && !principal.Role.May(who.permission) {
			a.refuse(ctx, problemf(http.StatusForbidden, "The role %s may not %s. Ask an owner of this installation for a role that may.",
				principal.Role, who.permission))
			return
		}
		c.who = principal
	}
	next(huma.WithValue(ctx, callKey{}, c))
}

// authenticate looks at the Authorization header, and at the session's cookie only where there is none.
func (a *api) authenticate(r *http.Request) (*account.Principal, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		p, err := a.Accounts.Authenticate(r.Context(), a.Origin.Session(r))
		if errors.Is(err, account.ErrUnauthenticated) {
			return nil, problemf(http.StatusUnauthorized, "Log in, or send an API key as “Authorization: Bearer rsk_…”.")
		}
		return p, err
	}
	scheme, key, _ := strings.Cut(header, " ")
	key = strings.TrimSpace(key)
	if !strings.EqualFold(scheme, "Bearer") {
		return nil, problemf(http.StatusUnauthorized, "Send an API key as “Authorization: Bearer rsk_…”.")
	}
	if strings.HasPrefix(key, "rst_") {
		return nil, problemf(http.StatusUnauthorized, "Tokens of SCIM sources do not open this API. Send an API key (rsk_…) instead.")
	}
	p, err := a.Accounts.AuthenticateKey(r.Context(), key)
	if errors.Is(err, account.ErrUnauthenticated) {
		return nil, problemf(http.StatusUnauthorized, "The API key does not exist, was deleted or has expired.")
	}
	return p, err
}

// refuse answers with a problem before an operation runs.
func (a *api) refuse(ctx huma.Context, err error) {
	r, w := humago.Unwrap(ctx)
	writeProblem(w, r, err)
}
