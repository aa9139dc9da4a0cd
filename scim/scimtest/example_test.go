package scimtest_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/scimtest"
	"github.com/rosterhq/roster/scim/server"
)

func ExampleCheck() {
	reg := schema.Core()
	handler, err := server.New(server.Config{Backend: server.NewMemory(reg), Registry: reg})
	if err != nil {
		panic(err)
	}
	provider := httptest.NewServer(handler)
	defer provider.Close()

	report := scimtest.Check(context.Background(), provider.URL, "")
	fmt.Println(report.OK())
	// Output: true
}
