// Package adminapi is the REST API below /api: what administrators, their scripts and applications read
// and change, described by an OpenAPI 3.1 document at /api/openapi.json.
//
// It decides who may do what, and turns requests into calls of the services of directory, account and
// journal. It must not know SCIM's wire form, SQL or the console's pages, and it holds no rule of the
// domain.
package adminapi
