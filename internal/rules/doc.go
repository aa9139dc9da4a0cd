// Package rules holds the tests that keep the house in order: which package may import which and why,
// how long a file may get, that every package says what it is for, and why each dependency is there.
// It has no code of its own and nothing imports it.
package rules
