package outbox_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/egress"
	"github.com/rosterhq/roster/internal/outbox"
	"github.com/rosterhq/roster/internal/sqlstore"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/patch"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/secevent"
)

const publicURL = "https://directory.example"

// admin is who manages receivers.
func admin() directory.Cause { return directory.Cause{Kind: "admin", ActorName: "alice"} }

// fixture is a directory with one source, over a database that outlives the service.
type fixture struct {
	t         *testing.T
	path      string
	store     *sqlstore.Store
	keys      *directory.Keyring
	defs      *directory.Definitions
	resources *directory.Resources
	source    *directory.Source
	out       *outbox.Service
	transport http.RoundTripper
	// ending tells that the server is about to end.
	ending chan struct{}
}

func newFixture(t *testing.T, transport http.RoundTripper) *fixture {
	t.Helper()
	f := &fixture{t: t, path: filepath.Join(t.TempDir(), "roster.db"), transport: transport, ending: make(chan struct{})}
	f.open()
	src, _, err := directory.NewSources(f.store, f.keys, f.defs, time.Now).Create(t.Context(), directory.NewSource{Name: "Acme"}, admin())
	if err != nil {
		t.Fatal(err)
	}
	f.source = src
	t.Cleanup(func() {
		if err := f.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// open opens the database and makes a service, as a process does when it starts.
func (f *fixture) open() {
	f.t.Helper()
	var err error
	if f.store, err = sqlstore.Open(f.t.Context(), "sqlite://"+f.path, sqlstore.Options{}); err != nil {
		f.t.Fatal(err)
	}
	if f.keys, err = directory.NewKeyring(bytes.Repeat([]byte{7}, directory.MasterKeySize)); err != nil {
		f.t.Fatal(err)
	}
	f.defs = directory.NewDefinitions(f.store, time.Now)
	f.resources = directory.NewResources(f.store, time.Now)
	f.out = f.service()
}

// service makes another process's service over the same database.
func (f *fixture) service() *outbox.Service {
	return outbox.NewService(f.store, f.keys, f.defs, outbox.Options{
		PublicURL: publicURL, Stop: f.ending, Transport: f.transport, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Policy: egress.Policy{AllowHTTP: true, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	})
}

// start runs a service until the returned function is called.
func (f *fixture) start(s *outbox.Service, p outbox.Performer) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	stopped := s.Start(ctx, p)
	stop = sync.OnceFunc(func() {
		cancel()
		<-stopped
	})
	f.t.Cleanup(stop)
	return stop
}

func (f *fixture) scope() *directory.Scope {
	return &directory.Scope{Source: f.source.ID, BaseURL: publicURL + "/source/scim/acme/v2", Cause: directory.Cause{Kind: "scim", RequestID: "req-1"}}
}

func (f *fixture) typ(name string) *schema.ResourceType { return schema.Core().TypeByName(name) }

func (f *fixture) create(typ, body string) directory.ResourceID {
	f.t.Helper()
	obj, err := scim.DecodeObject([]byte(body), scim.Limits{})
	if err == nil {
		obj, _, err = f.typ(typ).Canonicalize(obj, schema.ForCreate, schema.Options{})
	}
	if err != nil {
		f.t.Fatal(err)
	}
	res, err := f.resources.Create(f.t.Context(), f.scope(), f.typ(typ), obj)
	if err != nil {
		f.t.Fatal(err)
	}
	return res.ID
}

func (f *fixture) user(name string) directory.ResourceID {
	f.t.Helper()
	return f.create("User", fmt.Sprintf(`{"schemas":[%q],"userName":%q,"externalId":"x-%s","active":true}`, scim.UserSchema, name, name))
}

func (f *fixture) group(name string, members ...directory.ResourceID) directory.ResourceID {
	f.t.Helper()
	list := make([]string, len(members))
	for i, m := range members {
		list[i] = fmt.Sprintf(`{"value":%q}`, m)
	}
	return f.create("Group", fmt.Sprintf(`{"schemas":[%q],"displayName":%q,"members":[%s]}`, scim.GroupSchema, name, strings.Join(list, ",")))
}

func (f *fixture) patch(typ string, id directory.ResourceID, operations string) {
	f.t.Helper()
	body, err := scim.DecodeObject([]byte(`{"schemas":["`+scim.PatchOpMessage+`"],"Operations":[`+operations+`]}`), scim.Limits{})
	if err != nil {
		f.t.Fatal(err)
	}
	ops, _, err := patch.Parse(body, patch.Limits{})
	if err == nil {
		_, err = f.resources.Patch(f.t.Context(), f.scope(), f.typ(typ), id, ops, nil, schema.Options{})
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) delete(typ string, id directory.ResourceID) {
	f.t.Helper()
	if _, err := f.resources.Delete(f.t.Context(), f.scope(), f.typ(typ), id, nil); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) receiver(n outbox.NewReceiver) (*outbox.Receiver, string) {
	f.t.Helper()
	if n.Name == "" {
		n.Name = "app"
	}
	r, token, err := f.out.Create(f.t.Context(), n, admin())
	if err != nil {
		f.t.Fatal(err)
	}
	return r, token
}

func (f *fixture) show(id string) *outbox.ReceiverInfo {
	f.t.Helper()
	info, err := f.out.Show(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return info
}

// verifier knows the published keys.
func (f *fixture) verifier() *secevent.Verifier {
	f.t.Helper()
	w := newRecorder()
	r, _ := http.NewRequest(http.MethodGet, outbox.KeysPath, nil)
	f.out.KeysHandler().ServeHTTP(w, r)
	keys, err := secevent.ParseKeySet(w.body.Bytes())
	if err != nil {
		f.t.Fatal(err)
	}
	return &secevent.Verifier{Keys: keys}
}

// sink is a push receiver that keeps what it accepted.
type sink struct {
	verifier *secevent.Verifier
	got      chan *secevent.Token
}

func (f *fixture) sink() *sink { return &sink{f.verifier(), make(chan *secevent.Token, 1000)} }

// handler accepts every token that verifies.
func (k *sink) handler() *secevent.Receiver {
	return &secevent.Receiver{Verifier: k.verifier, Accept: func(_ context.Context, t *secevent.Token) error {
		k.got <- t
		return nil
	}}
}

// next waits for the next token.
func (k *sink) next(t *testing.T) *secevent.Token {
	t.Helper()
	select {
	case token := <-k.got:
		return token
	case <-time.After(20 * time.Second):
		t.Fatal("no event came")
		return nil
	}
}

// recorder is a ResponseWriter in memory that may be read while it is written to.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return w.body.Write(p) }
