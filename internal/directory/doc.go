// Package directory is the domain: sources, service accounts and tokens; users, groups and members;
// events and audit rows. It holds the rules (what a write may do, what it leaves behind) and declares
// the Store it needs.
//
// It must not know SQL, HTTP, or where a caller came from: technology packages implement its Store
// or call its services, never the other way round.
package directory
