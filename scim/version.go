package scim

// Version is an entity tag as it stands in meta.version and in the ETag header, such as W/"7"
// (RFC 7644 §3.14). Roster's tags are weak because projections of one version differ in bytes.
type Version string
