package adminapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
)

// golden is the OpenAPI document that is part of the documentation.
const golden = "../../docs/api/openapi.json"

func TestOpenAPI_IsTheOneInTheDocumentation(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	served := f.send("GET", "/api/openapi.json", nil).want(200)
	var got bytes.Buffer
	if err := json.Indent(&got, served.body, "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	if os.Getenv("ROSTER_UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := must(os.ReadFile(golden))(t)
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the API changed; if that was meant, run this test with ROSTER_UPDATE_GOLDEN=1 and commit the document\n%.3000s", diff)
	}
}

func TestOpenAPI_DescribesEveryOperation(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	document := f.send("GET", "/api/openapi.json", nil).object()
	if document["openapi"] != "3.1.0" {
		t.Errorf("version %v", document["openapi"])
	}
	if bytes.Contains(must(json.Marshal(document))(t), []byte("$schema")) {
		t.Error("the document speaks of $schema")
	}
	ids := map[string]bool{}
	operations(f.api, func(op *huma.Operation) {
		if ids[op.OperationID] {
			t.Errorf("operation %s is there twice", op.OperationID)
		}
		ids[op.OperationID] = true
		if op.Summary == "" || strings.HasSuffix(op.Summary, ".") || len(op.Tags) != 1 || op.Responses["default"] == nil {
			t.Errorf("%s: summary %q, tags %v, default response %v", op.OperationID, op.Summary, op.Tags, op.Responses["default"] != nil)
		}
	})
	for name, s := range f.api.huma.OpenAPI().Components.Schemas.Map() {
		for property, ps := range s.Properties {
			if strings.ToLower(property) != property {
				t.Errorf("%s.%s is not snake_case", name, property)
			}
			if ps.Type == huma.TypeArray && ps.Nullable {
				t.Errorf("%s.%s may be null instead of empty", name, property)
			}
		}
	}
}

// checkSchema compares every answer of every test with what the document promises.
func (f *fixture) checkSchema(r *http.Request, got *reply) {
	f.t.Helper()
	_, pattern := f.api.mux.Handler(r)
	method, path, _ := strings.Cut(pattern, " ")
	item := f.api.huma.OpenAPI().Paths[path]
	if item == nil {
		return
	}
	op := map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "PATCH": item.Patch, "DELETE": item.Delete}[method]
	response := op.Responses[strconv.Itoa(got.status)]
	if response == nil && got.status >= 400 {
		response = op.Responses["default"]
	}
	if response == nil {
		f.t.Errorf("%s: the document has no answer %d", got.what, got.status)
		return
	}
	media, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	content := response.Content[media]
	switch {
	case len(response.Content) == 0 && len(got.body) == 0:
		return
	case content == nil:
		f.t.Errorf("%s: the document has no %q for %d", got.what, media, got.status)
		return
	case !strings.HasSuffix(media, "json") || media == "application/x-ndjson":
		return
	}
	var body any
	got.into(&body)
	res := &huma.ValidateResult{}
	huma.Validate(f.api.huma.OpenAPI().Components.Schemas, content.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, body, res)
	for _, err := range res.Errors {
		f.t.Errorf("%s: the answer is not as documented: %v\n%.2000s", got.what, err, got.body)
	}
}
