package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// Config describes a Server. Only Backend and one of Registry and RegistryFor are required.
type Config struct {
	Backend Backend
	// Registry holds the resource types that are offered. RegistryFor, when set, chooses it by
	// request instead.
	Registry    *schema.Registry
	RegistryFor func(ctx context.Context) *schema.Registry

	// Prefix is the path in front of the SCIM endpoints when the handler is mounted without
	// http.StripPrefix, such as "/scim/v2".
	Prefix string
	// BaseURL returns the external base of all locations, without a trailing slash, such as
	// "https://directory.example/scim/v2". A server whose clients reach it through a proxy must not
	// derive it from the Host header. The default does: request scheme, Host and Prefix.
	BaseURL func(r *http.Request) string

	Limits Limits

	// AuthenticationSchemes and DocumentationURI are published in ServiceProviderConfig
	// (RFC 7643 §5). The default scheme is OAuth bearer token.
	AuthenticationSchemes []AuthenticationScheme
	DocumentationURI      string
	// DisableBulk answers /Bulk with 501 and publishes that.
	DisableBulk bool
	// DisableETag publishes that the backend keeps no versions.
	DisableETag bool

	// PatchAnswer chooses the answer of a PATCH (RFC 7644 §3.5.2). The default is AnswerNoContent
	// for the type Group, whose members can be many, and AnswerBody for others.
	PatchAnswer func(ctx context.Context, t *schema.ResourceType) PatchAnswer
	// SchemaOptions are the options of canonicalization.
	SchemaOptions func(ctx context.Context) schema.Options

	// Async keeps requests that clients want performed later (RFC 9967 §2.5.1), and knows which events
	// are sent (§4). Without it, the preference is ignored and nothing is published.
	Async Async

	// Observe is called when a request was answered, and for each operation of a bulk request.
	Observe func(ctx context.Context, o Observation)

	// CursorKey authenticates paging cursors; all replicas of a service share it. The default is
	// random, so that cursors end with the process.
	CursorKey []byte
	// CursorLifetime is how long a cursor is good for; the default is one hour (RFC 9865 §4).
	CursorLifetime time.Duration
	// Now is the clock; the default is time.Now.
	Now func() time.Time
}

// PatchAnswer is the way a successful PATCH is answered.
type PatchAnswer int

const (
	// AnswerBody is 200 with the resource.
	AnswerBody PatchAnswer = iota
	// AnswerNoContent is 204, or 200 with the resource when the request has attributes or
	// excludedAttributes, which make a body mandatory.
	AnswerNoContent
	// AnswerShort is 200 with the resource, or 204 where the Backend leaves out a long representation
	// (Selection.Optional).
	AnswerShort
)

// AuthenticationScheme is an entry of authenticationSchemes (RFC 7643 §5).
type AuthenticationScheme struct {
	// Type is one of oauth, oauth2, oauthbearertoken, httpbasic, httpdigest.
	Type, Name, Description   string
	SpecURI, DocumentationURI string
	Primary                   bool
}

// Limits bound what one request may cost. A zero field means its default.
type Limits struct {
	// URLBytes bounds the request target (414); default 16 KiB.
	URLBytes int
	// BodyBytes bounds a request body (413); default 16 MiB. BulkBytes is the same for /Bulk.
	BodyBytes, BulkBytes int64
	// JSON bounds the structure of a body; its Bytes is overridden by BodyBytes.
	JSON scim.Limits
	// Filter bounds filters.
	Filter filter.Limits
	// DefaultCount is the page size of a query without count, MaxCount the largest; defaults 100 and
	// 1,000.
	DefaultCount, MaxCount int
	// PatchOperations bounds the operations of a PATCH, BulkOperations those of a bulk request;
	// defaults 5,000 and 1,000.
	PatchOperations, BulkOperations int
	// BufferBytes is how much of an answer is held back, so that a failure can still become an error
	// status, before it is streamed; default 1 MiB.
	BufferBytes int
}

func (l Limits) withDefaults() Limits {
	l.URLBytes = cmp.Or(l.URLBytes, 16<<10)
	l.BodyBytes = cmp.Or(l.BodyBytes, 16<<20)
	l.BulkBytes = cmp.Or(l.BulkBytes, 16<<20)
	l.MaxCount = cmp.Or(l.MaxCount, 1000)
	l.DefaultCount = min(cmp.Or(l.DefaultCount, 100), l.MaxCount)
	l.PatchOperations = cmp.Or(l.PatchOperations, 5000)
	l.BulkOperations = cmp.Or(l.BulkOperations, 1000)
	l.BufferBytes = cmp.Or(l.BufferBytes, 1<<20)
	return l
}

func (c *Config) complete() error {
	if c.Backend == nil {
		return errors.New("server: Config.Backend is not set")
	}
	if c.RegistryFor == nil {
		r := c.Registry
		if r == nil {
			return errors.New("server: neither Config.Registry nor Config.RegistryFor is set")
		}
		c.RegistryFor = func(context.Context) *schema.Registry { return r }
	}
	c.Prefix = strings.TrimRight(c.Prefix, "/")
	if c.Prefix != "" && c.Prefix[0] != '/' {
		return errors.New("server: Config.Prefix must start with a slash")
	}
	if c.BaseURL == nil {
		prefix := c.Prefix
		c.BaseURL = func(r *http.Request) string { return hostBase(r) + prefix }
	}
	c.Limits = c.Limits.withDefaults()
	if c.AuthenticationSchemes == nil {
		c.AuthenticationSchemes = []AuthenticationScheme{{
			Type: "oauthbearertoken", Name: "Bearer token", Primary: true,
			Description: "A token in the Authorization header, as in RFC 6750 §2.1.",
			SpecURI:     "https://www.rfc-editor.org/info/rfc6750",
		}}
	}
	if c.PatchAnswer == nil {
		c.PatchAnswer = func(_ context.Context, t *schema.ResourceType) PatchAnswer {
			if t.Name == "Group" {
				return AnswerNoContent
			}
			return AnswerBody
		}
	}
	if c.SchemaOptions == nil {
		c.SchemaOptions = func(context.Context) schema.Options { return schema.Options{} }
	}
	if c.Observe == nil {
		c.Observe = func(context.Context, Observation) {}
	}
	if c.CursorKey == nil {
		c.CursorKey = make([]byte, 32)
		rand.Read(c.CursorKey) // never fails (crypto/rand)
	}
	if len(c.CursorKey) < 16 {
		return errors.New("server: Config.CursorKey is shorter than 16 bytes")
	}
	c.CursorLifetime = cmp.Or(c.CursorLifetime, time.Hour)
	if c.Now == nil {
		c.Now = time.Now
	}
	return nil
}

// hostBase returns scheme and host as the client addressed them.
func hostBase(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
