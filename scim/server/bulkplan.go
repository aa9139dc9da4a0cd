package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// bulkJob executes the operations of a bulk request in their order, except that an operation that
// refers to a resource which a later one creates waits for that one (RFC 7644 §3.7.1). Operations on
// the same resource never change places. Where creations refer to each other in a circle, the first of
// them is created without the references and completed by a replacement when they are known; other
// operations may refer to it in between, but not change it.
type bulkJob struct {
	*exchange
	ops          []bulkOperation
	failOnErrors int
	// creators maps a bulkId to the POST that has it.
	creators map[string]int
	// after lists for each operation those it waits for; first is the earliest that waits for it, or
	// the number of operations.
	after [][]dependency
	first []int

	states  []bulkState
	results []*bulkResult
	created []*Resource
	errors  int
}

// dependency is a wait: until the resource has an id or, with done, until the operation is finished.
type dependency struct {
	on   int
	done bool
}

type bulkState int

const (
	waiting bulkState = iota
	// incomplete: created without some of its references.
	incomplete
	finished
)

// plan finds out who waits for whom.
func (j *bulkJob) plan() {
	n := len(j.ops)
	j.after, j.first = make([][]dependency, n), make([]int, n)
	j.states, j.results, j.created = make([]bulkState, n), make([]*bulkResult, n), make([]*Resource, n)
	latest := make(map[target]int)
	for i := range j.ops {
		j.first[i] = n
	}
	for i := range j.ops {
		op := &j.ops[i]
		if op.malformed != nil {
			continue
		}
		for _, ref := range op.refs {
			j.wait(i, ref, false)
		}
		if op.pathRef != "" {
			j.wait(i, op.pathRef, true)
		}
		if op.target.kind == kindResource {
			if before, ok := latest[op.target]; ok {
				j.after[i] = append(j.after[i], dependency{on: before, done: true})
				j.first[before] = min(j.first[before], i)
			}
			latest[op.target] = i
		}
	}
}

func (j *bulkJob) wait(i int, bulkID string, done bool) {
	creator, ok := j.creators[bulkID]
	switch {
	case !ok:
		j.ops[i].malformed = scim.BadRequest(scim.InvalidValue,
			"The operation refers to bulkId %q, which no POST of this request has. Correct the reference.", scim.Abbreviate(bulkID))
	case creator == i:
		j.ops[i].malformed = scim.Errorf(http.StatusConflict,
			"The operation refers to its own bulkId %q. Create the resource first and add the reference by a PATCH.", scim.Abbreviate(bulkID))
	default:
		j.after[i] = append(j.after[i], dependency{on: creator, done: done})
		j.first[creator] = min(j.first[creator], i)
	}
}

// run executes the job. Its error is only that the client has gone.
func (j *bulkJob) run() error {
	defer j.abandon()
	for i := 0; ; {
		for i < len(j.ops) {
			if err := j.ctx.Err(); err != nil {
				return err
			}
			if j.states[i] != waiting || !j.ready(i) {
				i++
				continue
			}
			j.process(i)
			i = min(i+1, j.first[i], j.completeAll())
			if j.stopped() {
				return nil
			}
		}
		stuck := j.firstCircular()
		if stuck < 0 {
			return nil
		}
		j.processIncomplete(stuck)
		i = min(stuck, j.first[stuck])
		if j.stopped() {
			return nil
		}
	}
}

func (j *bulkJob) stopped() bool { return j.failOnErrors > 0 && j.errors >= j.failOnErrors }

func (j *bulkJob) ready(i int) bool {
	return !slices.ContainsFunc(j.after[i], j.unmet)
}

func (j *bulkJob) unmet(d dependency) bool {
	return j.states[d.on] == waiting || d.done && j.states[d.on] != finished
}

// firstCircular returns the earliest creation of a circle, or -1 when nothing waits. Called when nothing
// is ready, it follows from one waiting operation to one that this waits for until an operation comes
// again. Only creations are waited for in a circle: nothing refers to another operation's bulkId.
func (j *bulkJob) firstCircular() int {
	i := slices.Index(j.states, waiting)
	if i < 0 {
		return -1
	}
	steps := make(map[int]bool)
	for !steps[i] {
		steps[i] = true
		i = j.obstacle(i)
	}
	earliest := -1
	for at := i; ; {
		if j.states[at] == waiting && (earliest < 0 || at < earliest) {
			earliest = at
		}
		if at = j.obstacle(at); at == i {
			return earliest
		}
	}
}

// obstacle returns the first operation that i, which is not ready, waits for.
func (j *bulkJob) obstacle(i int) int {
	for _, d := range j.after[i] {
		if j.unmet(d) {
			return d.on
		}
	}
	return i
}

// id returns the id that a bulkId has come to stand for.
func (j *bulkJob) id(bulkID string) (string, bool) {
	i, ok := j.creators[bulkID]
	if !ok || j.created[i] == nil {
		return "", false
	}
	return j.created[i].ID, true
}

// process executes an operation all of whose references are decided.
func (j *bulkJob) process(i int) {
	op := &j.ops[i]
	ctx, notes := j.operationContext()
	if op.malformed != nil {
		j.finish(ctx, i, nil, op.malformed, notes)
		return
	}
	t, err := j.resolvedTarget(op)
	if err == nil {
		err = j.unresolved(op)
	}
	if err != nil {
		j.finish(ctx, i, nil, err, notes)
		return
	}
	var data scim.Object
	if op.data != nil {
		data = substitute(op.data, op.method == http.MethodPatch, j.id)
	}
	op.target = t
	res, err := j.execute(ctx, op, t, data)
	j.finish(ctx, i, res, err, notes)
}

func (j *bulkJob) resolvedTarget(op *bulkOperation) (target, error) {
	t := op.target
	if op.pathRef == "" {
		return t, nil
	}
	id, ok := j.id(op.pathRef)
	if !ok {
		return t, failedReference(op.pathRef)
	}
	if creator := &j.ops[j.creators[op.pathRef]]; creator.target.typ != t.typ {
		return t, scim.NotFound(t.typ.Name, id)
	}
	t.id = id
	return t, nil
}

// unresolved returns an error if a reference of op has no id and will have none.
func (j *bulkJob) unresolved(op *bulkOperation) error {
	for _, ref := range op.refs {
		if _, ok := j.id(ref); !ok {
			return failedReference(ref)
		}
	}
	return nil
}

func failedReference(bulkID string) error {
	return scim.Errorf(http.StatusConflict, "The operation refers to bulkId %q, whose creation failed. Correct that operation and send both again.", scim.Abbreviate(bulkID))
}

// processIncomplete creates a resource of a circle without the references that are not known.
func (j *bulkJob) processIncomplete(i int) {
	op := &j.ops[i]
	ctx, notes := j.operationContext()
	res, err := j.createResource(ctx, op.target.typ, prune(substitute(op.data, false, j.id)), &Selection{Nothing: true})
	if err != nil {
		j.finish(ctx, i, nil, err, notes)
		return
	}
	j.created[i], j.states[i] = res, incomplete
}

// completeAll gives the incomplete resources their references as soon as all are decided. It returns
// the earliest operation that may go on because of that.
func (j *bulkJob) completeAll() int {
	next := len(j.ops)
	for i := range j.ops {
		if j.states[i] == incomplete && j.ready(i) && !j.stopped() {
			j.complete(i)
			next = min(next, j.first[i])
		}
	}
	return next
}

// complete replaces an incomplete resource by what the client sent. If that fails, the resource is
// removed again, so that the operation is atomic.
func (j *bulkJob) complete(i int) {
	op, res := &j.ops[i], j.created[i]
	ctx, notes := j.operationContext()
	err := j.unresolved(op)
	var whole *Resource
	if err == nil {
		whole, err = j.replaceResource(ctx, op.target.typ, res.ID, substitute(op.data, false, j.id), Precondition{}, &Selection{Nothing: true})
	}
	if err != nil {
		j.remove(ctx, i)
	}
	j.finish(ctx, i, whole, err, notes)
}

// remove undoes a creation as far as the backend lets it.
func (j *bulkJob) remove(ctx context.Context, i int) {
	res := j.created[i]
	j.created[i] = nil
	// The failure that led here is what the client is told.
	_ = j.cfg.Backend.Delete(context.WithoutCancel(ctx), j.ops[i].target.typ, res.ID, Precondition{})
}

// abandon removes what was left incomplete when the job ended early; these operations count as not
// processed.
func (j *bulkJob) abandon() {
	for i := range j.ops {
		if j.states[i] == incomplete {
			j.remove(j.ctx, i)
		}
	}
}

func (j *bulkJob) operationContext() (context.Context, *collector) {
	notes := new(collector)
	return withCollector(j.ctx, notes), notes
}

// finish records and reports the result of an operation.
func (j *bulkJob) finish(ctx context.Context, i int, res *Resource, err error, notes *collector) {
	op := &j.ops[i]
	j.states[i] = finished
	r := &bulkResult{err: err}
	o := Observation{Action: bulkAction(op.method), Type: op.target.typ, ID: op.target.id, Operation: i + 1, Err: err, Notes: notes.notes}
	switch {
	case err != nil:
		j.errors++
		r.status = scim.AsError(err).Status
	case op.method == http.MethodPost:
		j.created[i] = res
		o.ID = res.ID
		r.status = http.StatusCreated
		r.location = location(j.base, res.Type, res.ID)
	case op.method == http.MethodDelete:
		r.status = http.StatusNoContent
	default:
		r.status = http.StatusOK
	}
	if res != nil {
		r.version = res.Version
	}
	if op.method != http.MethodPost {
		r.location = j.base + "/" + strings.TrimLeft(strings.TrimPrefix(op.path, j.base), "/")
		if op.target.id != "" && !strings.HasPrefix(op.target.id, bulkPrefix) {
			r.location = location(j.base, op.target.typ, op.target.id)
		}
	}
	j.results[i] = r
	o.Status = r.status
	j.cfg.Observe(ctx, o)
}

func bulkAction(method string) Action {
	return map[string]Action{http.MethodPost: ActionCreate, http.MethodPut: ActionReplace,
		http.MethodPatch: ActionPatch, http.MethodDelete: ActionDelete}[method]
}
