// Package sqlstore keeps the directory, the accounts and the journal in a SQL database: it implements
// the Store interfaces that those packages declare.
//
// It knows rows, indexes and transactions, and holds no rule of the domain; HTTP and SCIM's wire forms
// are unknown to it. SQL texts are portable: $n placeholders, no database clock, columns listed. Times
// are integer microseconds with 0 for the zero time. Comparison keys are computed in Go.
package sqlstore
