// Package httpx is what every HTTP surface of the product needs of a request before it knows what the
// request wants: who sent it through which proxies, how the outside addresses this server, an
// identifier, the session cookie, and the headers that browsers are owed.
//
// It must not know sources, administrators or any path.
package httpx
