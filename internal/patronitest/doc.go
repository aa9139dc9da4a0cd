// Package patronitest starts private clusters for tests: three PostgreSQL servers with synchronous
// replication, each kept by Patroni, and etcd, where they agree who leads. They run from the installed
// Debian packages, each node on a loopback address of its own, and end with the tests.
//
// It must not know what is kept in the databases, nor who uses them.
package patronitest
