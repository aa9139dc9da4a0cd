// Package present turns the domain's model into the JSON that the command line and the administrators'
// API share: snake_case, RFC 3339 times in UTC, slugs instead of internal source numbers.
//
// It must not know HTTP or how a command was called, and it never shows a secret.
package present
