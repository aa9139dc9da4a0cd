package patch

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
)

// Op is what an operation does (RFC 7644 §3.5.2).
type Op string

// The operations.
const (
	Add     Op = "add"
	Remove  Op = "remove"
	Replace Op = "replace"
)

// Operation is one parsed operation of a PATCH request.
type Operation struct {
	Op Op
	// Path is nil when the operation has none.
	Path *filter.Path
	// Value is the decoded JSON. HasValue distinguishes null from no value; a remove operation has
	// no value when it is null.
	Value    any
	HasValue bool
	// Index is the place of the operation in the request, from 0; errors name it.
	Index int
}

// Limits bound what a request may ask for. A zero field means its default.
type Limits struct {
	// Operations is the most operations of one request, 5,000 by default.
	Operations int
	// Path bounds each path.
	Path filter.Limits
}

const defaultOperations = 5000

// Parse reads the body of a PATCH request (RFC 7644 §3.5.2). It fails with 400 invalidSyntax for the
// message, 400 invalidPath or invalidFilter for a path, and 413 for too many operations. Names of
// members and operations are taken in any letter case, a missing "schemas", null paths and unknown
// members are tolerated.
func Parse(body scim.Object, lim Limits) ([]Operation, []schema.Note, error) {
	var n notes
	message, _, err := members(body, &n, "", [3]string{"schemas", "Operations"})
	if err != nil {
		return nil, nil, err
	}
	if err := checkSchemas(message[0], &n); err != nil {
		return nil, nil, err
	}
	list, ok := message[1].([]any)
	if !ok || len(list) == 0 {
		return nil, nil, syntax("A PATCH request needs \"Operations\", an array of at least one operation.")
	}
	limit := lim.Operations
	if limit <= 0 {
		limit = defaultOperations
	}
	if len(list) > limit {
		return nil, nil, scim.Errorf(413,
			"The request has %d operations, but %d is the limit. Send them in several requests.", len(list), limit)
	}
	ops := make([]Operation, len(list))
	for i, v := range list {
		ops[i].Index = i
		if err := ops[i].parse(v, lim.Path, &n); err != nil {
			return nil, nil, inOperation(i, err)
		}
	}
	return ops, n, nil
}

// checkSchemas wants the URN of the message, or nothing at all.
func checkSchemas(v any, n *notes) error {
	list, ok := v.([]any)
	if s, isString := v.(string); isString {
		list, ok = []any{s}, true
	}
	if v == nil || ok && len(list) == 0 {
		n.add(schema.NoteSchemas, "schemas", "The message does not say that it is a PatchOp; it was taken as one.")
		return nil
	}
	for _, urn := range list {
		if s, ok := urn.(string); ok && schema.EqualName(s, scim.PatchOpMessage) {
			return nil
		}
	}
	return syntax("\"schemas\" of a PATCH request must contain %q.", scim.PatchOpMessage)
}

func (o *Operation) parse(v any, lim filter.Limits, n *notes) error {
	obj, ok := v.(scim.Object)
	if !ok {
		return syntax("An operation is an object with \"op\", \"path\" and \"value\".")
	}
	m, given, err := members(obj, n, "Operations.", [3]string{"op", "path", "value"})
	if err != nil {
		return err
	}
	if o.Op, err = parseOp(m[0], n); err != nil {
		return err
	}
	o.Value, o.HasValue = m[2], given[2]
	if o.Op == Remove && o.HasValue && o.Value == nil {
		o.HasValue = false
		n.add(NoteNull, "Operations.value", "The value null of a remove operation was taken as no value.")
	}
	switch path := m[1].(type) {
	case nil:
		if given[1] {
			n.add(NoteNull, "Operations.path", "The path null was taken as no path.")
		}
	case string:
		if path == "" && o.Op == Remove {
			return removeAll()
		}
		p, err := filter.ParsePath(path, lim)
		if err != nil {
			return err
		}
		o.Path = &p
	default:
		return scim.BadRequest(scim.InvalidPath, "\"path\" must be a string, such as \"displayName\".").WithRule(rulePath)
	}
	return nil
}

func parseOp(v any, n *notes) (Op, error) {
	s, ok := v.(string)
	if !ok {
		return "", syntax("An operation needs \"op\": one of add, remove, replace.")
	}
	for _, op := range [...]Op{Add, Remove, Replace} {
		if s == string(op) {
			return op, nil
		}
		if schema.EqualName(s, string(op)) {
			n.add(NoteLetterCase, "Operations.op", "An operation was not written in lower case.")
			return op, nil
		}
	}
	return "", syntax("PATCH has no operation %q. Use add, remove or replace.", scim.Abbreviate(s))
}

// members returns the members of obj that have one of the names, in any letter case, and which of
// them are given.
func members(obj scim.Object, n *notes, prefix string, names [3]string) (values [3]any, given [3]bool, err error) {
	exact := 0
	for i, name := range names {
		if values[i], given[i] = obj[name]; given[i] {
			exact++
		}
	}
	if exact == len(obj) {
		return values, given, nil
	}
	for _, key := range slices.Sorted(maps.Keys(obj)) {
		if slices.Contains(names[:], key) {
			continue
		}
		i := slices.IndexFunc(names[:], func(name string) bool { return schema.EqualName(name, key) })
		switch {
		case i < 0:
			n.add(NoteExtraKey, prefix+key, "PATCH has no such member; it was ignored.")
			continue
		case given[i]:
			return values, given, syntax("%q is given twice in different letter case.", names[i])
		}
		n.add(NoteLetterCase, prefix+names[i], "A member of the message was written in another letter case.")
		values[i], given[i] = obj[key], true
	}
	return values, given, nil
}

// Rules that errors of PATCH name.
const (
	rulePath     = "patch.path"
	ruleNoTarget = "patch.no-target"
	ruleReadOnly = "patch.read-only"
	ruleValue    = "patch.type"
)

func syntax(format string, args ...any) *scim.Error {
	return scim.BadRequest(scim.InvalidSyntax, format, args...)
}

func invalidValue(format string, args ...any) *scim.Error {
	return scim.BadRequest(scim.InvalidValue, format, args...).WithRule(ruleValue)
}

func noTarget(format string, args ...any) *scim.Error {
	return scim.BadRequest(scim.NoTarget, format, args...).WithRule(ruleNoTarget)
}

// unknownTarget is the error for a well-formed path that names nothing in the schemas. RFC 7644 Table 9
// fits both invalidPath and noTarget; invalidPath is taken, because nothing that is stored could ever make
// such a path a target.
func unknownTarget(format string, args ...any) *scim.Error {
	return scim.BadRequest(scim.InvalidPath, format, args...).WithRule(rulePath)
}

func readOnly(path string) *scim.Error {
	return scim.BadRequest(scim.Mutability, "%q is read-only. Remove it from the attribute mapping.", path).WithRule(ruleReadOnly)
}

func immutable(path string) *scim.Error {
	return scim.BadRequest(scim.Mutability, "%q is immutable and already has a value; it can be neither changed nor removed.", path).WithRule(ruleReadOnly)
}

func removeAll() *scim.Error {
	return noTarget("A remove operation needs a path: the attribute or the values to remove.")
}

// inOperation says in the detail of err which operation failed.
func inOperation(index int, err error) error {
	e := *scim.AsError(err)
	e.Detail = fmt.Sprintf("Operations[%d]: %s", index, e.Detail)
	return &e
}
