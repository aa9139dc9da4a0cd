package app

import (
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/provision"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/filter"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

// requestLimits, capacity and valueLimits hand the settings to the packages that enforce them.
func requestLimits(l config.Limits) server.Limits {
	return server.Limits{
		URLBytes: int(l.URL), BodyBytes: int64(l.Body), BulkBytes: int64(l.BulkBody),
		JSON:         scim.Limits{Depth: l.JSONDepth, Keys: l.JSONKeys, StringBytes: int(l.String)},
		Filter:       filter.Limits{Bytes: int(l.Filter), Depth: l.FilterDepth, Terms: l.FilterTerms},
		DefaultCount: l.Page, MaxCount: l.PageMax,
		PatchOperations: l.PatchOperations, BulkOperations: l.BulkOperations,
	}
}

func capacity(l config.Limits) provision.Capacity {
	return provision.Capacity{Reads: l.ConcurrentReads, Writes: l.ConcurrentWrites, Shared: l.ConcurrentShared, Queue: l.Queue, Wait: l.QueueWait, Search: l.Search}
}

func valueLimits(l config.Limits) schema.Options {
	o := schema.Options{MaxValues: l.Values, MaxUserName: l.UserName}
	if l.Members > 0 {
		o.LargeAttributes = map[string]int{"members": l.Members}
	}
	return o
}
