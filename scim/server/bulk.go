package server

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// bulkOperation is one operation of a bulk request (RFC 7644 §3.7).
type bulkOperation struct {
	method, path, bulkID string
	version              scim.ETags
	data                 scim.Object
	target               target
	// pathRef is the bulkId that the path names instead of an id; refs are those in data.
	pathRef string
	refs    []string
	// malformed is answered in turn instead of executing the operation.
	malformed error
}

// bulkResult is what became of an operation.
type bulkResult struct {
	status   int
	location string
	version  scim.Version
	err      error
}

// bulkDepth is the nesting of a bulk request: that of a resource within its envelope.
const bulkDepth = 32 + 4

// bulk answers POST /Bulk.
func (x *exchange) bulk() error {
	x.seen.Action = ActionBulk
	if x.cfg.DisableBulk {
		return scim.Errorf(http.StatusNotImplemented, "Bulk requests are not supported. Send single requests.")
	}
	body, err := x.body(x.cfg.Limits.BulkBytes, bulkDepth)
	if err != nil {
		return err
	}
	job, err := x.parseBulk(body)
	if err != nil {
		return err
	}
	if err := job.run(); err != nil {
		return err
	}
	job.report()
	return x.send(http.StatusOK, job.appendResponse(nil))
}

// parseBulk reads a BulkRequest. What is wrong with the envelope fails the request before anything was
// executed; what is wrong with one operation is that operation's failure.
func (x *exchange) parseBulk(body scim.Object) (*bulkJob, error) {
	if err := checkMessage(body, scim.BulkRequestMessage); err != nil {
		return nil, err
	}
	list, ok := member(body, "Operations").([]any)
	if !ok || len(list) == 0 {
		return nil, scim.BadRequest(scim.InvalidSyntax, "Operations must be an array of at least one operation. Send the operations to execute.")
	}
	if limit := x.cfg.Limits.BulkOperations; len(list) > limit {
		return nil, scim.Errorf(http.StatusRequestEntityTooLarge,
			"The bulk request has %d operations, but %d is the limit (maxOperations); nothing was executed. Split the request.", len(list), limit)
	}
	job := &bulkJob{exchange: x, ops: make([]bulkOperation, len(list)), creators: make(map[string]int)}
	var err error
	if job.failOnErrors, err = failOnErrors(body); err != nil {
		return nil, err
	}
	for i, v := range list {
		obj, ok := v.(scim.Object)
		if !ok {
			return nil, scim.BadRequest(scim.InvalidSyntax, "Operations[%d] is not an object. Send objects with method, path and data.", i)
		}
		op := &job.ops[i]
		op.malformed = x.parseOperation(op, obj)
		if op.bulkID == "" || op.method != http.MethodPost {
			continue
		}
		if first, dup := job.creators[op.bulkID]; dup {
			return nil, scim.BadRequest(scim.InvalidSyntax,
				"Operations[%d] and Operations[%d] have the same bulkId %q. Give each its own.", first, i, scim.Abbreviate(op.bulkID))
		}
		job.creators[op.bulkID] = i
	}
	job.plan()
	return job, nil
}

// failOnErrors returns the number of errors that end the job; 0 means that none does.
func failOnErrors(body scim.Object) (int, error) {
	v := member(body, "failOnErrors")
	if v == nil {
		return 0, nil
	}
	n, _ := v.(scim.Number)
	limit, err := strconv.Atoi(string(n))
	if err != nil || limit < 0 {
		return 0, scim.BadRequest(scim.InvalidValue, "failOnErrors must be a positive integer. Correct it or leave it out to continue after every error.")
	}
	return limit, nil
}

func (x *exchange) parseOperation(op *bulkOperation, obj scim.Object) error {
	// These are echoed, so they are read first.
	op.method, _ = member(obj, "method").(string)
	op.method = strings.ToUpper(op.method)
	op.path, _ = member(obj, "path").(string)
	switch id := member(obj, "bulkId").(type) {
	case nil:
	case string:
		op.bulkID = id
	default:
		return badOperation("bulkId must be a string.")
	}
	switch op.method {
	case http.MethodPost:
		if op.bulkID == "" {
			return badOperation("A POST needs a bulkId. Give it one that is unique in the request.")
		}
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return badOperation("The method must be POST, PUT, PATCH or DELETE, not %q.", scim.Abbreviate(op.method))
	}
	if err := x.parseBulkPath(op); err != nil {
		return err
	}
	if op.method == http.MethodDelete {
		return parseBulkVersion(op, obj)
	}
	var ok bool
	if op.data, ok = member(obj, "data").(scim.Object); !ok {
		return badOperation("data must be an object for %s. Send what the body of a single request would be.", op.method)
	}
	op.refs = appendReferences(nil, op.data, op.method == http.MethodPatch)
	slices.Sort(op.refs)
	op.refs = slices.Compact(op.refs)
	if op.method == http.MethodPost {
		return nil
	}
	return parseBulkVersion(op, obj)
}

func parseBulkVersion(op *bulkOperation, obj scim.Object) (err error) {
	switch v := member(obj, "version").(type) {
	case nil:
	case string:
		op.version, err = scim.ParseETags(v)
	default:
		return badOperation("version must be a string.")
	}
	return err
}

// parseBulkPath resolves the path, which is relative to the base URL. The base itself is tolerated.
func (x *exchange) parseBulkPath(op *bulkOperation) error {
	if op.path == "" {
		return badOperation("path must be a string such as /Users or /Users/{id}.")
	}
	if strings.ContainsAny(op.path, "?#") {
		return badOperation("The path %q must not have a query. Leave it out.", scim.Abbreviate(op.path))
	}
	segments, err := splitPath(strings.TrimPrefix(op.path, x.base))
	if err != nil {
		return err
	}
	t, err := locate(x.registry, segments)
	if err != nil {
		return err
	}
	want := kindResource
	if op.method == http.MethodPost {
		want = kindCollection
	}
	switch t.kind {
	case want:
		op.target = t
	case kindResource, kindCollection:
		return scim.Errorf(http.StatusMethodNotAllowed, "%s is not allowed on %q. POST goes to a resource endpoint, other methods to a resource.", op.method, scim.Abbreviate(op.path))
	default:
		return badOperation("A bulk operation cannot address %q. Use the path of a resource or of a resource endpoint.", scim.Abbreviate(op.path))
	}
	if ref, ok := strings.CutPrefix(t.id, bulkPrefix); ok {
		op.pathRef = ref
	}
	return nil
}

func badOperation(format string, args ...any) error {
	return scim.BadRequest(scim.InvalidSyntax, format, args...)
}

// appendResponse appends the BulkResponse. Operations that were not processed are absent.
func (j *bulkJob) appendResponse(dst []byte) []byte {
	dst = append(dst, `{"schemas":["`+scim.BulkResponseMessage+`"],"Operations":[`...)
	first := true
	for i := range j.ops {
		if j.results[i] == nil {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = j.ops[i].appendResult(dst, j.results[i])
	}
	return append(dst, "]}"...)
}

func (op *bulkOperation) appendResult(dst []byte, r *bulkResult) []byte {
	dst = append(dst, `{"method":`...)
	dst = scim.AppendString(dst, op.method)
	text := func(name, value string) {
		if value != "" {
			dst = scim.AppendString(append(dst, name...), value)
		}
	}
	text(`,"bulkId":`, op.bulkID)
	text(`,"version":`, string(r.version))
	text(`,"location":`, r.location)
	text(`,"status":`, strconv.Itoa(r.status))
	if r.err != nil {
		dst = append(append(dst, `,"response":`...), scim.AsError(r.err).MarshalSCIM()...)
	}
	return append(dst, '}')
}

// execute performs one operation on its resolved target and data.
func (j *bulkJob) execute(ctx context.Context, op *bulkOperation, t target, data scim.Object) (*Resource, error) {
	pre := Precondition{IfMatch: op.version.List, MustExist: op.version.Any}
	sel := Selection{Nothing: true}
	switch op.method {
	case http.MethodPost:
		return j.createResource(ctx, t.typ, data, &sel)
	case http.MethodPut:
		return j.replaceResource(ctx, t.typ, t.id, data, pre, &sel)
	case http.MethodPatch:
		return j.patchResource(ctx, t.typ, t.id, data, pre, &sel)
	default:
		return nil, j.cfg.Backend.Delete(ctx, t.typ, t.id, pre)
	}
}
