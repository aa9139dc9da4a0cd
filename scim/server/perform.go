package server

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/scim"
)

type outcomesKey struct{}

// Perform executes a postponed request by the same code as any other. ctx must be what the tenant's
// requests have. It returns one outcome, or one for each operation of a bulk request.
func (s *Server) Perform(ctx context.Context, a *AsyncRequest) []AsyncOutcome {
	var operations []AsyncOutcome
	ctx = context.WithValue(ctx, outcomesKey{}, &operations)
	single := AsyncOutcome{Transaction: a.Transaction, Subject: a.Subject}
	single.Method = a.Method
	w := &kept{header: http.Header{}}
	r, err := http.NewRequestWithContext(ctx, a.Method, "http://unknown"+a.Target, bytes.NewReader(a.Body))
	if err != nil {
		WriteError(w, &http.Request{Method: a.Method}, err)
	} else {
		r.Host, r.RequestURI, r.Header = a.Host, a.Target, a.Header.Clone()
		s.ServeHTTP(w, r)
	}
	if len(operations) > 0 {
		for i := range operations {
			operations[i].Transaction = a.Transaction + ":" + strconv.Itoa(i)
		}
		return operations
	}
	single.Status = strconv.Itoa(w.status)
	if w.status >= 300 {
		single.Location = a.Location
		single.Response, _ = scim.DecodeObject(w.body.Bytes(), scim.Limits{})
		return []AsyncOutcome{single}
	}
	single.Version = scim.Version(w.header.Get("ETag"))
	single.Location = a.Location
	if l := w.header.Get("Location"); l != "" {
		single.Location = l
		single.Subject = strings.TrimPrefix(l, a.Base())
	}
	return []AsyncOutcome{single}
}

// report hands the results of a bulk request to Perform, if that executes it. There is an outcome
// for every operation, those included that were not executed because of failOnErrors.
func (j *bulkJob) report() {
	outcomes, ok := j.ctx.Value(outcomesKey{}).(*[]AsyncOutcome)
	if !ok {
		return
	}
	list := make([]AsyncOutcome, len(j.ops))
	for i := range j.ops {
		op, r := &j.ops[i], j.results[i]
		if r == nil {
			r = &bulkResult{status: http.StatusFailedDependency, err: scim.Errorf(http.StatusFailedDependency,
				"The operation was not executed, because the bulk request ended after failOnErrors errors. Correct those and send it again.")}
		}
		o := &list[i]
		o.Method, o.BulkID, o.Version, o.Location, o.Status = op.method, op.bulkID, r.version, r.location, strconv.Itoa(r.status)
		o.Subject = strings.TrimPrefix(r.location, j.base)
		if o.Subject == "" {
			o.Subject = "/" + strings.Trim(op.path, "/")
		}
		if r.err != nil {
			o.Response, _ = scim.DecodeObject(scim.AsError(r.err).MarshalSCIM(), scim.Limits{})
		}
	}
	*outcomes = list
}

// kept is a response in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *kept) Header() http.Header { return w.header }

func (w *kept) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write keeps what may be an error message; representations, which can be long, are not needed.
func (w *kept) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.status >= 300 {
		w.body.Write(p)
	}
	return len(p), nil
}

// Base returns the base URL that the request was sent to.
func (a *AsyncRequest) Base() string { return strings.TrimSuffix(a.Location, a.Subject) }

// StatusCode returns the status as a number.
func (o *AsyncOutcome) StatusCode() int {
	n, err := strconv.Atoi(o.Status)
	if err != nil {
		return http.StatusInternalServerError
	}
	return n
}

// Failed returns the outcomes of a request that cannot be performed, because of e.
func (a *AsyncRequest) Failed(e *scim.Error) []AsyncOutcome {
	response, _ := scim.DecodeObject(e.MarshalSCIM(), scim.Limits{})
	one := AsyncOutcome{Transaction: a.Transaction, Subject: a.Subject}
	one.Method, one.Location, one.Status, one.Response = a.Method, a.Location, strconv.Itoa(e.Status), response
	if !a.Bulk {
		return []AsyncOutcome{one}
	}
	body, _ := scim.DecodeObject(a.Body, scim.Limits{Depth: bulkDepth})
	list, _ := member(body, "Operations").([]any)
	base := a.Base()
	outcomes := make([]AsyncOutcome, len(list))
	for i, v := range list {
		obj, _ := v.(scim.Object)
		o := one
		o.Transaction += ":" + strconv.Itoa(i)
		method, _ := member(obj, "method").(string)
		o.Method = strings.ToUpper(method)
		o.BulkID, _ = member(obj, "bulkId").(string)
		path, _ := member(obj, "path").(string)
		o.Subject = "/" + strings.Trim(strings.TrimPrefix(path, base), "/")
		o.Location = base + o.Subject
		outcomes[i] = o
	}
	return outcomes
}
