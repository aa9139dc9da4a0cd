package adminapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/journal"
)

// Request is what one SCIM request asked and what was answered.
type Request struct {
	ID           string         `json:"id"`
	Time         time.Time      `json:"time"`
	Source       string         `json:"source" doc:"Slug in the URL; empty when the URL names no source."`
	Token        string         `json:"token,omitempty" doc:"Label of the token that was accepted."`
	Method       string         `json:"method"`
	Path         string         `json:"path"`
	Query        string         `json:"query,omitempty"`
	Status       int            `json:"status"`
	SCIMType     string         `json:"scim_type,omitempty"`
	Detail       string         `json:"detail,omitempty"`
	Rule         string         `json:"rule,omitempty"`
	Action       string         `json:"action"`
	ResourceType string         `json:"resource_type,omitempty"`
	ResourceID   string         `json:"resource_id,omitempty"`
	Subject      string         `json:"subject,omitempty"`
	Outcome      string         `json:"outcome" enum:"created,updated,no-op,read,deleted,rejected,failed"`
	DurationUS   int64          `json:"duration_us" doc:"Microseconds."`
	Client       string         `json:"client,omitempty"`
	ClientIP     string         `json:"client_ip,omitempty"`
	Notes        []journal.Note `json:"notes" nullable:"false" doc:"What was tolerated, ignored or left undone."`
}

type requestDetail struct {
	Request
	RequestBody  json.RawMessage      `json:"request_body,omitempty" doc:"As the policy of the source keeps it, without secrets."`
	ResponseBody json.RawMessage      `json:"response_body,omitempty"`
	Explanation  *journal.Explanation `json:"explanation,omitempty"`
}

type requestQuery struct {
	Source     string `query:"source" maxLength:"63" doc:"Slug of the only source."`
	Status     string `query:"status" pattern:"^[1-5](xx|[0-9][0-9])$" patternDescription:"a status such as 404 or 4xx" doc:"A status or a class of them, such as 404 or 4xx."`
	ResourceID string `query:"resource_id" maxLength:"64" doc:"Only requests about this resource."`
	Writes     bool   `query:"writes" doc:"Only requests that asked for a change."`
	Q          string `query:"q" maxLength:"256" doc:"Part of the id, path, query, subject or resource id."`
	Paging
}

func newRequest(r *journal.Record, slug string) Request {
	out := Request{
		ID: r.ID, Time: r.Time, Source: slug, Token: r.TokenLabel, Method: r.Method, Path: r.Path, Query: r.Query,
		Status: r.Status, SCIMType: r.SCIMType, Detail: r.Detail, Rule: r.Rule, Action: r.Action,
		ResourceType: r.ResourceType, ResourceID: r.ResourceID, Subject: r.Subject, Outcome: string(r.Outcome),
		DurationUS: r.Duration.Microseconds(), Client: r.Client, ClientIP: r.RemoteIP, Notes: r.Notes,
	}
	if slug == "" {
		out.Source = r.Slug
	}
	return out
}

func (a *api) requestOperations() {
	const tag = "Requests"
	register(a, operation{id: "list-requests", method: "GET", path: "/requests", access: needs(account.ReadRequests), tag: tag,
		summary: "List the SCIM requests that came", detail: "Newest first. They are not counted."}, a.listRequests)
	register(a, operation{id: "get-request", method: "GET", path: "/requests/{id}", access: needs(account.ReadRequests), tag: tag,
		summary: "Show a SCIM request with its bodies, and why it failed"}, a.getRequest)
}

func (a *api) listRequests(ctx context.Context, _ *call, in *requestQuery) (*body[list[Request]], error) {
	place, err := in.placeOf("requests", 1)
	if err != nil {
		return nil, err
	}
	src, err := a.filterSource(ctx, in.Source)
	if err != nil {
		return nil, err
	}
	q := journal.Query{Limit: in.Limit + 1, Search: in.Q, ResourceID: in.ResourceID, Writes: in.Writes}
	if place != nil {
		q.Before = place[0]
	}
	if src != nil {
		q.Source = &src.ID
	}
	q.MinStatus, q.MaxStatus = statusRange(in.Status)
	records, err := a.Journal.List(ctx, q)
	if err != nil {
		return nil, err
	}
	var out list[Request]
	if len(records) > in.Limit {
		records = records[:in.Limit]
		out.NextCursor = cursor("requests", records[in.Limit-1].Seq)
	}
	slugs, err := a.slugs(ctx, idsOf(records, func(r *journal.Record) directory.SourceID { return r.Source })...)
	if err != nil {
		return nil, err
	}
	out.Items = make([]Request, len(records))
	for i, r := range records {
		out.Items[i] = newRequest(r, slugs[r.Source])
	}
	return answer(out), nil
}

// statusRange turns 404 into 404–404 and 4xx into 400–499; the parameter's pattern was checked.
func statusRange(status string) (low, high int) {
	if n, err := strconv.Atoi(status); err == nil {
		return n, n
	}
	if status == "" {
		return 0, 0
	}
	low = int(status[0]-'0') * 100
	return low, low + 99
}

func (a *api) getRequest(ctx context.Context, _ *call, in *ByID) (*body[requestDetail], error) {
	r, err := a.Journal.Get(ctx, in.ID)
	if errors.Is(err, directory.ErrNotFound) {
		return nil, problemf(http.StatusNotFound, "There is no request record %q. Records are kept for 30 days.", in.ID)
	}
	if err != nil {
		return nil, err
	}
	var src *directory.Source
	err = a.Store.View(ctx, func(reader directory.Reader) error {
		src, err = reader.Source(ctx, r.Source)
		if errors.Is(err, directory.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slug, preset := "", ""
	if src != nil {
		slug, preset = src.Slug, src.Preset
	}
	return answer(requestDetail{newRequest(r, slug), document(r.RequestBody), document(r.ResponseBody), journal.Explain(r, preset)}), nil
}

// document is a kept body as JSON: itself, or as text where it is none.
func document(kept []byte) json.RawMessage {
	if len(kept) == 0 || json.Valid(kept) {
		return kept
	}
	text, err := json.Marshal(string(kept))
	if err != nil {
		return nil
	}
	return text
}
