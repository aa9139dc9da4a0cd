// Package pgtest starts private PostgreSQL servers for tests from the binaries that are installed: one
// for all tests of a process, and further ones for tests that break theirs. Missing binaries fail the
// test; nothing is skipped.
//
// It must not know what is kept in the databases.
package pgtest
