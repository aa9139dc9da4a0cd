package secevent

import (
	"fmt"
	"slices"

	"github.com/rosterhq/roster/scim"
)

// The event URIs of RFC 9967 §7.3.
const (
	FeedAdd      = "urn:ietf:params:scim:event:feed:add"
	FeedRemove   = "urn:ietf:params:scim:event:feed:remove"
	CreateNotice = "urn:ietf:params:scim:event:prov:create:notice"
	CreateFull   = "urn:ietf:params:scim:event:prov:create:full"
	PatchNotice  = "urn:ietf:params:scim:event:prov:patch:notice"
	PatchFull    = "urn:ietf:params:scim:event:prov:patch:full"
	PutNotice    = "urn:ietf:params:scim:event:prov:put:notice"
	PutFull      = "urn:ietf:params:scim:event:prov:put:full"
	Delete       = "urn:ietf:params:scim:event:prov:delete"
	Activate     = "urn:ietf:params:scim:event:prov:activate"
	Deactivate   = "urn:ietf:params:scim:event:prov:deactivate"
	AsyncResp    = "urn:ietf:params:scim:event:misc:asyncresp"
)

// Event is one entry of a token's events claim. Several in one token describe one change of one
// resource (RFC 9967 §2.1).
type Event struct {
	// URI names what happened: one of the constants, or another specification's.
	URI string
	// Payload is the event's JSON object; nil is the empty one.
	Payload scim.Object
}

// Plain makes an event without payload, such as FeedAdd or Delete.
func Plain(uri string) Event { return Event{URI: uri} }

// Notice makes an event that names changed attributes without their values (RFC 9967 §2.2). version
// is the resource's entity tag after the change; empty leaves it out.
func Notice(uri string, attributes []string, version scim.Version) Event {
	list := make([]any, len(attributes))
	for i, a := range attributes {
		list[i] = a
	}
	return withVersion(Event{URI: uri, Payload: scim.Object{"attributes": list}}, version)
}

// Full makes an event that carries what changed: the representation for CreateFull and PutFull, a
// PatchOp message for PatchFull (RFC 9967 §2.2).
func Full(uri string, data scim.Object, version scim.Version) Event {
	return withVersion(Event{URI: uri, Payload: scim.Object{"data": data}}, version)
}

func withVersion(e Event, v scim.Version) Event {
	if v != "" {
		e.Payload["version"] = string(v)
	}
	return e
}

// Attributes returns the paths of a notice; nil for other events.
func (e Event) Attributes() []string {
	list, _ := e.Payload["attributes"].([]any)
	paths := make([]string, 0, len(list))
	for _, v := range list {
		if s, ok := v.(string); ok {
			paths = append(paths, s)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	return paths
}

// Data returns the data of a full event; nil for other events.
func (e Event) Data() scim.Object {
	obj, _ := e.Payload["data"].(scim.Object)
	return obj
}

// Version returns the entity tag of the resource after the change, or "".
func (e Event) Version() scim.Version {
	s, _ := e.Payload["version"].(string)
	return scim.Version(s)
}

// Outcome is the payload of AsyncResp: what became of a request that was performed later. It has the
// form of one operation of a bulk response (RFC 9967 §2.5.1.3, RFC 7644 §3.7.3).
type Outcome struct {
	// Method is POST, PUT, PATCH or DELETE. BulkID is set for an operation of a bulk request that had one.
	Method, BulkID string
	// Version and Location are those of the resource; empty where there is none.
	Version  scim.Version
	Location string
	// Status is the HTTP status code as text, such as "201".
	Status string
	// Response is the error message (RFC 7644 §3.12) when Status is no success; nil otherwise.
	Response scim.Object
}

// Event returns o as an AsyncResp event.
func (o Outcome) Event() Event {
	p := scim.Object{"method": o.Method, "status": o.Status}
	for name, v := range map[string]string{"bulkId": o.BulkID, "version": string(o.Version), "location": o.Location} {
		if v != "" {
			p[name] = v
		}
	}
	if o.Response != nil {
		p["response"] = o.Response
	}
	return Event{URI: AsyncResp, Payload: p}
}

// Outcome returns the payload of an AsyncResp event; false for other events.
func (e Event) Outcome() (Outcome, bool) {
	if e.URI != AsyncResp {
		return Outcome{}, false
	}
	text := func(name string) string {
		s, _ := e.Payload[name].(string)
		return s
	}
	response, _ := e.Payload["response"].(scim.Object)
	return Outcome{Method: text("method"), BulkID: text("bulkId"), Version: scim.Version(text("version")),
		Location: text("location"), Status: text("status"), Response: response}, true
}

// check enforces the payload rules of the events of RFC 9967. Events of other specifications pass.
func (e Event) check() error {
	_, data := e.Payload["data"].(scim.Object)
	_, attributes := e.Payload["attributes"].([]any)
	switch e.URI {
	case "":
		return fmt.Errorf("an event has no URI")
	case CreateFull, PatchFull, PutFull:
		if !data || e.Payload["attributes"] != nil {
			return fmt.Errorf("%s must have data and no attributes (RFC 9967 §2.4)", e.URI)
		}
	case CreateNotice, PatchNotice, PutNotice:
		if !attributes || e.Payload["data"] != nil {
			return fmt.Errorf("%s must have attributes and no data (RFC 9967 §2.4)", e.URI)
		}
	case Delete:
		if e.Payload["data"] != nil || e.Payload["attributes"] != nil {
			return fmt.Errorf("%s has no payload (RFC 9967 §2.4.4)", e.URI)
		}
	case AsyncResp:
		if o, _ := e.Outcome(); o.Method == "" || o.Status == "" {
			return fmt.Errorf("%s must have method and status (RFC 9967 §2.5.1.3)", e.URI)
		}
	}
	return nil
}

// URIs returns every event URI of RFC 9967, sorted.
func URIs() []string {
	list := []string{FeedAdd, FeedRemove, CreateNotice, CreateFull, PatchNotice, PatchFull, PutNotice, PutFull,
		Delete, Activate, Deactivate, AsyncResp}
	slices.Sort(list)
	return list
}
