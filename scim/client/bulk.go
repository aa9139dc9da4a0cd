package client

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/rosterhq/roster/scim"
)

// BulkOperation is one operation of a bulk request (RFC 7644 §3.7).
type BulkOperation struct {
	// Method is POST, PUT, PATCH or DELETE; Path is relative to the base URL.
	Method, Path string
	// BulkID is required for POST. Other operations refer to its resource as "bulkId:" and this.
	BulkID  string
	Version scim.Version
	Data    scim.Object
}

// BulkResult is what became of an operation.
type BulkResult struct {
	Method, BulkID, Location string
	Version                  scim.Version
	Status                   int
	// Err is the failure, nil on success.
	Err *scim.Error
}

// Bulk executes operations in one request. failOnErrors, if positive, ends it after that many errors;
// the results have only operations that were processed.
func (c *Client) Bulk(ctx context.Context, ops []BulkOperation, failOnErrors int) ([]BulkResult, error) {
	list := make([]any, len(ops))
	for i, op := range ops {
		o := scim.Object{"method": op.Method, "path": op.Path}
		if op.BulkID != "" {
			o["bulkId"] = op.BulkID
		}
		if op.Version != "" {
			o["version"] = string(op.Version)
		}
		if op.Data != nil {
			o["data"] = op.Data
		}
		list[i] = o
	}
	body := scim.Object{"schemas": []any{scim.BulkRequestMessage}, "Operations": list}
	if failOnErrors > 0 {
		body["failOnErrors"] = failOnErrors
	}
	a, err := c.send(ctx, http.MethodPost, "/Bulk", nil, body, "")
	if err != nil {
		return nil, err
	}
	answered, ok := a.doc["Operations"].([]any)
	if !ok {
		return nil, errors.New("the answer to a bulk request has no Operations")
	}
	results := make([]BulkResult, len(answered))
	for i, v := range answered {
		o, _ := v.(scim.Object)
		results[i] = bulkResult(o)
	}
	return results, nil
}

func bulkResult(o scim.Object) BulkResult {
	var r BulkResult
	r.Method, _ = o["method"].(string)
	r.BulkID, _ = o["bulkId"].(string)
	r.Location, _ = o["location"].(string)
	version, _ := o["version"].(string)
	r.Version = scim.Version(version)
	status, _ := o["status"].(string)
	r.Status, _ = strconv.Atoi(status)
	if r.Status >= 200 && r.Status < 300 {
		return r
	}
	response, _ := o["response"].(scim.Object)
	detail, _ := response["detail"].(string)
	kind, _ := response["scimType"].(string)
	r.Err = &scim.Error{Status: r.Status, Type: scim.ErrorType(kind), Detail: detail}
	return r
}
