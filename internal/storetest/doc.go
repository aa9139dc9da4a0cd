// Package storetest is the behaviour that every implementation of directory.Store must show, as tests
// that run on any of them, and a check of a store's invariants that other tests can call at any time.
//
// It knows the interface only: how an engine keeps its data is no matter of it.
package storetest
