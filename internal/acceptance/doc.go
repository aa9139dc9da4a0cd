// Package acceptance checks the finished roster program from the outside: it builds the binary, starts
// it on a throw-away data folder and talks to it as identity providers, administrators, applications
// and attackers do, over loopback HTTP and the command line.
//
// Most of what it checks is data under testdata: recorded conversations of real SCIM clients (traces),
// filter and PATCH vectors, hostile requests, and the cases of authentik's SCIM source. The players in
// this package read that data and report what the program answered instead; they are unit-tested
// against small fake handlers, so that a green run means something.
//
// The package knows Roster only by what the documentation promises: commands, URLs and the JSON that
// they print. It must not import any other package of the product, or it would test the product's own
// idea of itself.
package acceptance
