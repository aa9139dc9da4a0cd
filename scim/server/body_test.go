package server

import (
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/rosterhq/roster/scim"
)

func TestBody_MediaTypes(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-02", "R-HTTP-06", "R-HTTP-07", "R-HTTP-08")
	h := newHarness(t)
	tests := []struct {
		contentType, encoding string
		want                  int
	}{
		{"application/scim+json", "", 201},
		{"application/json", "", 201},
		{"Application/JSON; Charset=UTF-8", "", 201},
		{"application/scim+json;charset=utf-8", "identity", 201},
		{`application/json; charset="utf-8"`, "", 201},
		{"application/json;", "", 201},
		{"application/json; charset=iso-8859-1", "", 201},
		{"", "", 201},
		{"text/xml", "", 415},
		{"application/x-www-form-urlencoded", "", 415},
		{"application/scim+json, text/plain", "", 415},
		{"nonsense", "", 415},
		{"application/json", "gzip", 415},
		{"application/json", "br", 415},
	}
	for i, test := range tests {
		body := fmt.Sprintf(`{"schemas":[%q],"userName":"user%d"}`, scim.UserSchema, i)
		headers := []string{"Content-Type", "", "Content-Encoding", test.encoding}
		if test.contentType != "" {
			headers = append(headers, "Content-Type", test.contentType)
		}
		h.do("POST", "/Users", body, headers...).want(test.want)
	}
}

func TestAccept_IsIgnored(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-03", "R-HTTP-04", "R-HTTP-05")
	h := newHarness(t)
	for _, accept := range []string{"", "*/*", "application/*", "application/json", "application/scim+json", "application/scim+json; charset=utf-8", "image/png;q=0", "text/html"} {
		h.do("GET", "/Users", "", "Accept", accept).want(200).wantHeader("Content-Type", "application/scim+json")
	}
}

func TestBody_Malformed(t *testing.T) {
	t.Parallel()
	req(t, "R-CREATE-07", "R-HTTP-16", "R-I18N-08")
	h := newHarness(t)
	for _, body := range []string{
		"42", "true", "null", "[]", `"x"`, " ", "{", `{"userName":"x"} garbage`, `{'userName':'x'}`, `{"userName":"a","userName":"b"}`,
		`{"userName":"a","USERNAME":"b"}`, "{\"userName\":\"\xff\"}", `{"userName":"\u0000"}`, `{"userName":"\ud800"}`,
		strings.Repeat("[", 200000) + strings.Repeat("]", 200000), `{"userName":"x","a":` + strings.Repeat(`{"a":`, 50000) + "1" + strings.Repeat("}", 50001),
	} {
		h.do("POST", "/Users", body).wantError(400, scim.InvalidSyntax)
	}
	h.do("POST", "/Users", "").wantError(400, scim.InvalidSyntax)
	h.do("GET", "/Users", "").wantAt("totalResults", 0)
}

func TestBody_TooLarge(t *testing.T) {
	t.Parallel()
	req(t, "R-HTTP-19", "R-BULK-09")
	h := newHarness(t, func(c *Config) { c.Limits.BodyBytes, c.Limits.BulkBytes = 1000, 2000 })
	large := `{"userName":"x","title":"` + strings.Repeat("x", 1500) + `"}`
	for _, path := range []string{"/Users", "/Users/.search", "/.search"} {
		if a := h.do("POST", path, large).want(413); !strings.Contains(a.doc["detail"].(string), "1000") {
			t.Errorf("%s: the detail does not name the limit: %s", path, a.body)
		}
	}
	if a := h.do("POST", "/Bulk", large+large).want(413); !strings.Contains(a.doc["detail"].(string), "2000") {
		t.Errorf("the detail does not name the limit: %s", a.body)
	}
	// Without a Content-Length the limit is met while reading.
	r := httptest.NewRequest("POST", "/Users", io.MultiReader(strings.NewReader(large)))
	r.ContentLength = -1
	h.send(r).want(413)
}

// brokenReader fails after some text.
type brokenReader struct {
	text io.Reader
	err  error
}

func (b *brokenReader) Read(p []byte) (int, error) {
	if n, err := b.text.Read(p); err == nil {
		return n, nil
	}
	return 0, b.err
}

func TestBody_EndsEarly(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for err, want := range map[error]int{io.ErrUnexpectedEOF: 400, errors.New("reset"): 400, os.ErrDeadlineExceeded: 408} {
		r := httptest.NewRequest("POST", "/Users", &brokenReader{strings.NewReader(`{"userName":`), err})
		h.send(r).want(want)
	}
}
