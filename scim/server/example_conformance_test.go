package server_test

import (
	"net/http/httptest"
	"testing"

	"github.com/rosterhq/roster/scim/schema"
	"github.com/rosterhq/roster/scim/scimtest"
	"github.com/rosterhq/roster/scim/server"
)

// The table of the example makes a provider that keeps every requirement there is a check for.
func TestFromTable_ExampleConforms(t *testing.T) {
	t.Parallel()
	reg := schema.Core()
	handler, err := server.New(server.Config{Backend: server.FromTable(staff{}, reg), Registry: reg})
	if err != nil {
		t.Fatal(err)
	}
	provider := httptest.NewServer(handler)
	defer provider.Close()
	report := scimtest.Check(t.Context(), provider.URL, "")
	if !report.OK() || len(report.Results) < 100 {
		t.Errorf("%s", report)
	}
}
