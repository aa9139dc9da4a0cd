package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/rosterhq/roster/scim"
)

// Query selects resources (RFC 7644 §3.4.2).
type Query struct {
	Selection
	Filter     string
	SortBy     string
	Descending bool
	// Count is the page size; 0 leaves it to the provider.
	Count int
	// Cursor pages by cursor (RFC 9865), which neither skips nor repeats what others change meanwhile.
	Cursor bool
	// Search sends the query as the body of a POST to .search, where its filter stays out of logs.
	Search bool
}

// Page is one answer to a query.
type Page struct {
	Resources []*Resource
	// Total is the number of matches, -1 when the provider does not tell.
	Total int
	// NextCursor leads to the next page when Query.Cursor was set; it is empty on the last one.
	NextCursor string
}

// Page reads one page: from startIndex on (1 is the first), or of a cursor ("" is the first page) if
// q.Cursor is set. The endpoint "" queries all resource types.
func (c *Client) Page(ctx context.Context, endpoint string, q Query, startIndex int, cursor string) (*Page, error) {
	a, err := c.query(ctx, endpoint, q, startIndex, cursor)
	if err != nil {
		return nil, err
	}
	p := &Page{Total: -1}
	if n, ok := a.doc["totalResults"].(scim.Number); ok {
		if p.Total, err = strconv.Atoi(string(n)); err != nil {
			return nil, fmt.Errorf("totalResults is %q", scim.Abbreviate(string(n)))
		}
	}
	p.NextCursor, _ = a.doc["nextCursor"].(string)
	list, _ := a.doc["Resources"].([]any)
	for _, v := range list {
		doc, ok := v.(scim.Object)
		if !ok {
			return nil, errors.New("the list holds something that is no object")
		}
		p.Resources = append(p.Resources, newResource(doc))
	}
	return p, nil
}

func (c *Client) query(ctx context.Context, endpoint string, q Query, startIndex int, cursor string) (*answer, error) {
	values := q.values()
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("filter", q.Filter)
	set("sortBy", q.SortBy)
	if q.Descending {
		set("sortOrder", "descending")
	}
	if q.Cursor {
		values.Set("cursor", cursor)
	} else if startIndex > 1 {
		set("startIndex", strconv.Itoa(startIndex))
	}
	if q.Count > 0 {
		set("count", strconv.Itoa(q.Count))
	}
	if q.Search {
		return c.send(ctx, http.MethodPost, endpoint+"/.search", nil, q.message(values), "")
	}
	return c.send(ctx, http.MethodGet, endpoint, values, nil, "")
}

// message makes the SearchRequest of a query (RFC 7644 §3.4.3).
func (q Query) message(values url.Values) scim.Object {
	m := scim.Object{"schemas": []any{scim.SearchRequestMessage}}
	for name, list := range values {
		switch name {
		case "attributes":
			m[name] = q.Attributes
		case "excludedAttributes":
			m[name] = q.ExcludedAttributes
		case "count", "startIndex":
			m[name] = scim.Number(list[0])
		default:
			m[name] = list[0]
		}
	}
	return m
}

// List yields all resources of a query, page by page as they are consumed. An error ends it.
func (c *Client) List(ctx context.Context, endpoint string, q Query) iter.Seq2[*Resource, error] {
	return func(yield func(*Resource, error) bool) {
		startIndex, cursor := 1, ""
		for {
			page, err := c.Page(ctx, endpoint, q, startIndex, cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, res := range page.Resources {
				if !yield(res, nil) {
					return
				}
			}
			startIndex += len(page.Resources)
			cursor = page.NextCursor
			if q.Cursor && cursor == "" || !q.Cursor && (len(page.Resources) == 0 || startIndex > page.Total) {
				return
			}
		}
	}
}
