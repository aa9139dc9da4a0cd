// Package config is how Roster is configured: flags, their environment twins and the files that hold
// secrets. The structs here are the only list of settings; the command line is made from them.
//
// It must not know what the settings are used for.
package config
