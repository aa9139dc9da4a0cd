// Package outbox tells others what changed in the directory, by security event tokens (RFC 9967): it
// keeps the receivers, pushes to them (RFC 8935) or is polled by them (RFC 8936), each from its own
// place in the event feed, and performs requests that clients asked to have performed later.
//
// Nothing is queued per receiver: the feed is the queue, and a receiver's progress is its place in it.
// The package declares the Store it needs and must not know SQL.
package outbox
