// Package app builds Roster from its settings: it opens the store, makes the services, and mounts the
// surfaces (SCIM, the administrators' API, the console, health and metrics) on one server. It is the
// only place where technology packages meet, and tests start what the binary starts.
//
// It holds no rule of the domain and no handler of its own beyond health.
package app
