package client_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/client"
	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/server"
)

func Example() {
	reg := schema.Core()
	handler, err := server.New(server.Config{Backend: server.NewMemory(reg), Registry: reg})
	if err != nil {
		panic(err)
	}
	provider := httptest.NewServer(handler)
	defer provider.Close()

	ctx := context.Background()
	c, err := client.New(provider.URL, client.WithToken("secret"))
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"ada", "grace"} {
		if _, err := c.Create(ctx, "/Users", scim.Object{"userName": name}, client.Selection{}); err != nil {
			panic(err)
		}
	}
	for user, err := range c.List(ctx, "/Users", client.Query{Filter: `active eq true`, SortBy: "userName", Cursor: true}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(user.Object["userName"])
	}
	// Output:
	// ada
	// grace
}
