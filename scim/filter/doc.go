// Package filter reads, prints, binds and evaluates SCIM filters (RFC 7644 §3.4.2.2) and PATCH paths
// (RFC 7644 §3.5.2).
//
// A filter passes two stages. [Parse] knows only the grammar and gives an [Expr]; [Bind] ties that to
// the attribute definitions of a resource type and gives a [Filter], which evaluates resources in
// memory ([Filter.Match]) or is walked by a translator to another query language ([Filter.Root]).
//
// An attribute path denotes the set of its assigned values: none, one, or one for each element of a
// multi-valued attribute that has it. A comparison holds when it holds for any of them; "ne" also
// holds when there is none. An element without the sub-attribute adds nothing to the set.
//
// What real clients send beyond the grammar is accepted: any amount of space between tokens and none
// where tokens stay apart without it (eq"a"), not with or without a space before its parenthesis,
// operators and the literals true, false and null in any letter case, attr[filter].sub op value, and
// the bare word of RFC 7644 §3.4.2.1's own example, meta.resourceType eq User.
//
// The package imports scim and scim/schema only. It must not know storage, HTTP or PATCH semantics.
// Input never makes it panic, recurse without bound or take more than linear time.
package filter
