package outbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/secevent"
)

// origin is what is known of the place that an event comes from.
type origin struct {
	issuer string
	// endpoint of the resource type, such as /Users.
	endpoint string
}

// jti is the identifier of the token that tells m to a receiver: the same each time.
func jti(receiver string, m Mark) string {
	kind := ".e"
	if m.Outcome {
		kind = ".o"
	}
	return receiver + kind + strconv.FormatInt(m.Number, 10)
}

// parseJTI is the reverse of jti; false for what jti does not make for the receiver.
func parseJTI(receiver, id string) (Mark, bool) {
	rest, ok := strings.CutPrefix(id, receiver+".")
	if !ok || len(rest) < 2 || rest[0] != 'e' && rest[0] != 'o' {
		return Mark{}, false
	}
	n, err := strconv.ParseInt(rest[1:], 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != rest[1:] {
		return Mark{}, false
	}
	return Mark{Outcome: rest[0] == 'o', Number: n}, true
}

// eventToken returns what a receiver is told of an event of the feed; nil when it wants none of it.
func eventToken(r *Receiver, e *directory.Event, from origin) (*secevent.Token, error) {
	data, err := scim.DecodeObject(e.Data, kept())
	if err != nil {
		return nil, fmt.Errorf("decode the data of event %d: %w", e.Seq, err)
	}
	changes, err := decodeChanges(e)
	if err != nil {
		return nil, err
	}
	all := events(r.Payload, e, data, changes)
	wanted := slices.DeleteFunc(all, func(v secevent.Event) bool { return !r.wants(v.URI) })
	if len(wanted) == 0 {
		return nil, nil
	}
	t := &secevent.Token{
		Issuer: from.issuer, IssuedAt: e.OccurredAt, Occurred: e.OccurredAt, ID: jti(r.ID, Mark{Number: int64(e.Seq)}), Audience: []string{r.Audience},
		Transaction: e.Cause.RequestID, Subject: secevent.Subject{URI: from.endpoint + "/" + e.SubjectID}, Events: wanted,
	}
	if t.Transaction == "" {
		t.Transaction = e.ID
	}
	t.Subject.ExternalID, _ = data["externalId"].(string)
	return t, nil
}

// outcomeToken returns what a receiver is told of an outcome; nil when it does not want it.
func outcomeToken(r *Receiver, o *Outcome, issuer string) *secevent.Token {
	if !r.wants(secevent.AsyncResp) {
		return nil
	}
	return completionToken(o, issuer, r.Audience, jti(r.ID, Mark{Outcome: true, Number: o.Number}))
}

func completionToken(o *Outcome, issuer, audience, id string) *secevent.Token {
	return &secevent.Token{Issuer: issuer, IssuedAt: o.Time, Occurred: o.Time, ID: id, Audience: []string{audience},
		Transaction: o.Transaction, Subject: secevent.Subject{URI: o.Subject}, Events: []secevent.Event{o.Event()}}
}

// change is one entry of an event's changes.
type change struct {
	path          string
	before, after any
}

func decodeChanges(e *directory.Event) ([]change, error) {
	if len(e.Changes) == 0 {
		return nil, nil
	}
	v, err := scim.DecodeValue(e.Changes, kept())
	if err != nil {
		return nil, fmt.Errorf("decode the changes of event %d: %w", e.Seq, err)
	}
	list, _ := v.([]any)
	changes := make([]change, 0, len(list))
	for _, v := range list {
		obj, _ := v.(scim.Object)
		path, _ := obj["path"].(string)
		changes = append(changes, change{path, obj["before"], obj["after"]})
	}
	return changes, nil
}

// kept are limits for what the directory has stored: it was judged when it came in.
func kept() scim.Limits {
	return scim.Limits{Depth: 100, Keys: 1 << 20, StringBytes: 1 << 26, Bytes: 1 << 28}
}

// events are the events of RFC 9967 that say what a change was.
func events(p Payload, e *directory.Event, data scim.Object, changes []change) []secevent.Event {
	version := (&directory.Record{Version: e.SubjectVersion}).ETag()
	_, verb, _ := strings.Cut(string(e.Type), ".")
	switch verb {
	case "created":
		created := secevent.Notice(secevent.CreateNotice, paths(data), version)
		if p == Full {
			created = secevent.Full(secevent.CreateFull, data, version)
		}
		return []secevent.Event{secevent.Plain(secevent.FeedAdd), created}
	case "deleted":
		return []secevent.Event{secevent.Plain(secevent.Delete)}
	case "deactivated":
		return append(patched(p, changes, version), secevent.Plain(secevent.Deactivate))
	case "reactivated":
		return append(patched(p, changes, version), secevent.Plain(secevent.Activate))
	}
	return patched(p, changes, version)
}

// patched is empty when there is nothing to tell: the value of an attribute that is never returned.
func patched(p Payload, changes []change, version scim.Version) []secevent.Event {
	if p == Full {
		operations := operationsOf(changes)
		if len(operations) == 0 {
			return nil
		}
		data := scim.Object{"schemas": []any{scim.PatchOpMessage}, "Operations": operations}
		return []secevent.Event{secevent.Full(secevent.PatchFull, data, version)}
	}
	attributes := make([]string, len(changes))
	for i, c := range changes {
		attributes[i] = c.path
	}
	return []secevent.Event{secevent.Notice(secevent.PatchNotice, attributes, version)}
}

// operationsOf is the PatchOp that makes the same changes (RFC 7644 §3.5.2). Members, of which a change
// names only those that came or went, are added and removed; other attributes are replaced.
func operationsOf(changes []change) []any {
	operations := []any{}
	for _, c := range changes {
		switch {
		case c.before == nil && c.after == nil:
			// An attribute that is never returned: that it changed is all there is to know.
		case c.path == "members" && c.after == nil:
			list, _ := c.before.([]any)
			for _, v := range list {
				m, _ := v.(scim.Object)
				id, _ := m["value"].(string)
				path := string(scim.AppendString([]byte("members[value eq "), id)) + "]"
				operations = append(operations, scim.Object{"op": "remove", "path": path})
			}
		case c.path == "members":
			operations = append(operations, scim.Object{"op": "add", "path": c.path, "value": c.after})
		case c.after == nil:
			operations = append(operations, scim.Object{"op": "remove", "path": c.path})
		default:
			operations = append(operations, scim.Object{"op": "replace", "path": c.path, "value": c.after})
		}
	}
	return operations
}

// paths names the attributes of a resource, those of extensions with their URN.
func paths(obj scim.Object) []string {
	list := []string{}
	for name, v := range obj {
		if name == "schemas" || name == "meta" {
			continue
		}
		ext, isObject := v.(scim.Object)
		if !isObject || !strings.Contains(name, ":") {
			list = append(list, name)
			continue
		}
		for sub := range ext {
			list = append(list, name+":"+sub)
		}
	}
	slices.Sort(list)
	return list
}

// union is the sorted set of the events that enabled receivers of a source get.
func union(receivers []*Receiver, source directory.SourceID) []string {
	var all []string
	for _, r := range receivers {
		if r.Enabled && r.hears(source) {
			all = append(all, r.Wanted()...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
