// Package journal keeps one record of each SCIM request: what was asked, what was answered, what
// changed and why. From the records it tells how a source is doing, and it explains failures to the
// people who have to mend them.
//
// It knows the domain only: records are handed to it, and a Store keeps them. Writing never delays an
// answer; when the queue is full, records are dropped and counted.
package journal
