package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limits bound what one request, and what one source, may cost. Zero fields mean the defaults of the
// packages that enforce them, so a Server made by hand needs none.
type Limits struct {
	URL              Size          `name:"url" env:"URL" default:"16KiB" help:"Length of the URL of a SCIM request."`
	Body             Size          `name:"body" env:"BODY" default:"16MiB" help:"Size of the body of a SCIM request."`
	BulkBody         Size          `name:"bulk-body" env:"BULK_BODY" default:"16MiB" help:"Size of the body of a bulk request."`
	JSONDepth        int           `name:"json-depth" env:"JSON_DEPTH" default:"32" help:"Nesting of JSON."`
	JSONKeys         int           `name:"json-keys" env:"JSON_KEYS" default:"2000" help:"Members of one JSON object."`
	String           Size          `name:"string" env:"STRING" default:"64KiB" help:"Length of one JSON string."`
	UserName         int           `name:"username" env:"USERNAME" default:"320" help:"Characters of userName and of other unique values."`
	Values           int           `name:"values" env:"VALUES" default:"100" help:"Values of a multi-valued attribute, members excepted."`
	Members          int           `name:"members" env:"MEMBERS" default:"100000" help:"Members of a group in one request."`
	PatchOperations  int           `name:"patch-operations" env:"PATCH_OPERATIONS" default:"5000" help:"Operations of a PATCH request."`
	BulkOperations   int           `name:"bulk-operations" env:"BULK_OPERATIONS" default:"1000" help:"Operations of a bulk request."`
	Filter           Size          `name:"filter" env:"FILTER" default:"8KiB" help:"Length of a filter."`
	FilterDepth      int           `name:"filter-depth" env:"FILTER_DEPTH" default:"32" help:"Open parentheses and brackets of a filter."`
	FilterTerms      int           `name:"filter-terms" env:"FILTER_TERMS" default:"200" help:"Comparisons of a filter."`
	Page             int           `name:"page" env:"PAGE" default:"100" help:"Resources of a page when a request names no count."`
	PageMax          int           `name:"page-max" env:"PAGE_MAX" default:"1000" help:"Most resources of a page."`
	ConcurrentReads  int           `name:"concurrent-reads" env:"CONCURRENT_READS" default:"16" help:"Reading requests of one source that are served at once; more wait."`
	ConcurrentWrites int           `name:"concurrent-writes" env:"CONCURRENT_WRITES" default:"128" help:"Writing requests of one source that are served at once; more wait."`
	ConcurrentShared int           `name:"concurrent-shared" env:"CONCURRENT_SHARED" default:"0" help:"Reading requests, and as many writing ones, of one source that are served at once while other sources send requests, too; 0 means 4 for each processor, and 8 at least."`
	Queue            int           `name:"queue" env:"QUEUE" default:"1000" help:"Requests of one source that may wait; more are answered 429."`
	QueueWait        time.Duration `name:"queue-wait" env:"QUEUE_WAIT" default:"10s" help:"How long a request waits before it is answered 429."`
	Search           time.Duration `name:"search" env:"SEARCH" default:"10s" help:"How long a list is searched for before it is answered 400 tooMany."`
}

// Validate refuses negative limits and contradictions; 0 is the default.
func (l *Limits) Validate() error {
	for name, n := range map[string]int64{
		"url": int64(l.URL), "body": int64(l.Body), "bulk-body": int64(l.BulkBody), "json-depth": int64(l.JSONDepth),
		"json-keys": int64(l.JSONKeys), "string": int64(l.String), "username": int64(l.UserName), "values": int64(l.Values),
		"members": int64(l.Members), "patch-operations": int64(l.PatchOperations), "bulk-operations": int64(l.BulkOperations),
		"filter": int64(l.Filter), "filter-depth": int64(l.FilterDepth), "filter-terms": int64(l.FilterTerms),
		"page": int64(l.Page), "page-max": int64(l.PageMax), "concurrent-reads": int64(l.ConcurrentReads),
		"concurrent-writes": int64(l.ConcurrentWrites), "concurrent-shared": int64(l.ConcurrentShared), "queue": int64(l.Queue), "queue-wait": int64(l.QueueWait),
		"search": int64(l.Search),
	} {
		if n < 0 {
			return fmt.Errorf("limit %s: write a positive number, or 0 for the default", name)
		}
	}
	if l.Page > l.PageMax && l.PageMax > 0 {
		return fmt.Errorf("limit page %d is above limit page-max %d", l.Page, l.PageMax)
	}
	return nil
}

// Size is a number of bytes, written like 65536, 64KiB or 16MiB.
type Size int64

// UnmarshalText reads a Size.
func (s *Size) UnmarshalText(text []byte) error {
	number, unit := string(text), int64(1)
	for suffix, n := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if cut, ok := strings.CutSuffix(number, suffix); ok {
			number, unit = strings.TrimSpace(cut), n
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 32)
	if err != nil || n <= 0 {
		return fmt.Errorf("size %q: write a number of bytes, such as 65536, 64KiB or 16MiB", text)
	}
	*s = Size(n * unit)
	return nil
}
