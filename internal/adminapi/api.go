package adminapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/journal"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/scim/schema"
)

// Config is what the API needs. Everything but Stop and Version is required.
type Config struct {
	Accounts    *account.Service
	Store       directory.Store
	Sources     *directory.Sources
	Resources   *directory.Resources
	Definitions *directory.Definitions
	Receivers   *outbox.Service
	Journal     Journal
	Origin      *httpx.Origin
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger
	// Version of the program, shown in the OpenAPI document.
	Version string
	// Stop is closed when the server is about to end: requests that wait for events answer at once.
	Stop <-chan struct{}
}

// Journal is what the API reads of the request records; *journal.Journal has it.
type Journal interface {
	List(ctx context.Context, q journal.Query) ([]*journal.Record, error)
	// Get returns a record with its bodies, or directory.ErrNotFound.
	Get(ctx context.Context, id string) (*journal.Record, error)
	Status(ctx context.Context, src *directory.Source) (*journal.Status, error)
	// Statuses is Status for many sources at once, in their order.
	Statuses(ctx context.Context, sources []*directory.Source) ([]*journal.Status, error)
	// States counts sources by their health.
	States(ctx context.Context, sources []*directory.Source) (map[journal.State]int, error)
}

// prefix is where the current version of the API lives.
const prefix = "/api/v1"

type api struct {
	Config
	huma huma.API
	mux  *http.ServeMux
	tail tail
	// userType and groupType select lists; what a source adds to them does not matter there.
	userType, groupType *schema.ResourceType
}

// New makes the handler of everything below /api/. It expects httpx.WithRequestID around it.
func New(c Config) (http.Handler, error) {
	a := newAPI(c)
	document, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("encode the OpenAPI document: %w", err)
	}
	a.mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(document) //nolint:errcheck // the client went away
	})
	a.mux.HandleFunc("/", a.unknown)
	return a.guard(a.mux), nil
}

func newAPI(c Config) *api {
	core := schema.Core()
	a := &api{Config: c, mux: http.NewServeMux(),
		userType: core.TypeByName(directory.UserType), groupType: core.TypeByName(directory.GroupType)}
	a.tail.read = a.lastSeq
	config := huma.DefaultConfig("Roster", c.Version)
	config.Info.Description = "Reads and changes a Roster directory: sources, users, groups, the event feed, request records, " +
		"the audit trail, API keys and administrators. Errors are problem documents (RFC 9457)."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	// huma looks up application/problem+json by its suffix.
	config.Formats = map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()}
	config.Transformers = []huma.Transformer{tidy}
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"api_key": {Type: "http", Scheme: "bearer", Description: "An API key (rsk_…)."},
		"session": {Type: "apiKey", In: "cookie", Name: "__Host-roster_session",
			Description: "The session of a browser; over plain http the cookie is called roster_session."},
	}
	a.huma = humago.New(a.mux, config)
	a.huma.UseMiddleware(a.authorize, a.readBody)
	for _, add := range []func(){
		a.sessionOperations, a.meOperations, a.sourceOperations, a.tokenOperations, a.presetOperations,
		a.userOperations, a.exportOperations, a.groupOperations, a.memberOperations, a.eventOperations,
		a.requestOperations, a.auditOperations, a.keyOperations, a.receiverOperations, a.adminOperations, a.overviewOperations,
	} {
		add()
	}
	config.Components.Schemas.Map()["ErrorModel"].Properties["errors"].Nullable = false
	return a
}

// operation is one endpoint as its file declares it.
type operation struct {
	id      string
	method  string
	path    string // below prefix
	access  access
	status  int // of success; 0 means 200, or 204 without a body
	summary string
	detail  string
	tag     string
}

// register adds an operation. What its handler returns as error becomes a problem document.
func register[I, O any](a *api, op operation, handle func(context.Context, *call, *I) (*O, error)) {
	h := huma.Operation{
		OperationID: op.id, Method: op.method, Path: prefix + op.path, Summary: op.summary, Description: op.detail,
		Tags: []string{op.tag}, DefaultStatus: op.status,
		Metadata: map[string]any{accessKey: op.access},
		// readBody has the body before huma sees it: its own limits never apply.
		MaxBodyBytes: 2 * maxBody, BodyReadTimeout: -1,
		Security: []map[string][]string{},
	}
	if !op.access.public {
		h.Security = []map[string][]string{{"api_key": {}}, {"session": {}}}
	}
	if op.access.permission != "" {
		h.Extensions = map[string]any{"x-permission": string(op.access.permission)}
	}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, callOf(ctx), in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// body is an answer that is a JSON document.
type body[T any] struct{ Body T }

func answer[T any](v T) *body[T] { return &body[T]{v} }

// nothing is an answer without a body.
type nothing struct{}
