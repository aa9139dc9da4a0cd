// Package patch applies PATCH requests (RFC 7644 §3.5.2) to resources as a pure function, in three
// stages.
//
// [Parse] reads the message and knows nothing of attributes. [Compile] ties the operations to the
// attributes of a resource type: each [Step] it returns changes one attribute, with the value in
// canonical form. [Apply] carries the steps out on a resource, all or none.
//
// What real clients send beyond the RFC is accepted and told in notes: operations in any letter case,
// paths as keys of a value, a list of values to remove, filtered paths that select nothing yet and
// describe the value to make, and so on; the constants of notes list it. Anything that is not
// understood is an error, never a success without effect.
//
// A program that keeps a large attribute elsewhere, as rows, takes the steps of that attribute out
// ([Step.Targets]) and turns them into changes of those rows; see [Step] for how.
//
// The package imports scim, scim/schema and scim/filter only. It must not know storage or HTTP, and
// it asks no clock and no other resource: uniqueness and references are the caller's business.
package patch
