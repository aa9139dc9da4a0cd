// Command bench measures Roster against bare floors of the same machine, in one run, and prints ratios.
//
// It starts the built server and the floors, each alone on one core, and drives them in turn from a
// load generator on another one: a bare net/http handler that returns the same bytes, a bare table that
// takes rows of the same size, and a server that keeps everything in memory, made with a library, which is
// a module of its own in the folder peer. Absolute figures differ from machine to machine and from minute to
// minute; only the ratios of medians of one run are compared with bars. Growth tables compare a large
// directory with a small one in the same way.
//
// It is a client and a seeder: it holds no rule of the product and nothing imports it.
package main
