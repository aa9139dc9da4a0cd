// Command peer is a SCIM server that keeps everything in memory, made with the library
// github.com/elimity-com/scim as its README and its example of a handler show it: what somebody who needs
// SCIM in a Go program would have without Roster. The benchmark builds and drives it. It is a module of
// its own so that the product does not depend on that library.
//
// Its one argument is the token that it asks for; it prints the address that it listens on. With -scan,
// a filter is evaluated for every user; without it, users are found by their userName in a map.
package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/schema"
)

func main() {
	scan := flag.Bool("scan", false, "evaluate every filter for every user")
	flag.Parse()
	if err := serve(os.Stdout, flag.Arg(0), *scan); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

// serve serves on a free port until the process is killed.
func serve(out io.Writer, token string, scan bool) error {
	user, group, enterprise := schema.CoreUserSchema(), schema.CoreGroupSchema(), schema.ExtensionEnterpriseUser()
	users := newCollection([]schema.Schema{user, enterprise}, "userName", scan)
	library, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{SupportFiltering: true, SupportPatch: true},
		ResourceTypes: []scim.ResourceType{
			{Name: "User", Endpoint: "/Users", Schema: user, SchemaExtensions: []scim.SchemaExtension{{Schema: enterprise}}, Handler: users},
			{Name: "Group", Endpoint: "/Groups", Schema: group, Handler: newGroups(group)},
		},
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, l.Addr())
	return http.Serve(l, authenticated(library, token))
}

// authenticated asks for the token, as the library leaves that to its users.
func authenticated(next http.Handler, token string) http.Handler {
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(text))
		if !ok || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
