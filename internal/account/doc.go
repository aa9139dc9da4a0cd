// Package account is who may use the console and the administrators' API: administrators and their
// passwords, sessions, API keys, roles, and the one-time set-up key of a new installation.
//
// Administrators are never SCIM users, and no role ever comes from provisioned data. The package must
// not know HTTP or SQL; it declares the Store it needs.
package account
