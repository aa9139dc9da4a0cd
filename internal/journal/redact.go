package journal

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

// redacted stands for a value that is not kept.
const redacted = "[removed]"

// secretNames are the names, in lower case, whose values never enter the journal.
var secretNames = []string{"password", "token", "secret", "access_token", "client_secret", "authorization"}

// structural are the names, in lower case, whose values tell what was asked, not of whom; a redacted
// body keeps them.
var structural = []string{"schemas", "op", "id", "type", "method", "bulkid", "resourcetype", "version", "status", "scimtype",
	"created", "lastmodified"}

// reduce leaves in a record what the policy allows.
func (r *Record) reduce(policy directory.BodyPolicy) {
	// What was done at once was read as JSON before, and a user that is answered is encoded by this
	// program in one piece.
	done := (r.Status == 200 || r.Status == 201 || r.Status == 204) && r.IsWrite() && r.Action != "delete"
	r.RequestBody, r.ResponseBody = body(policy, r.RequestBody, done), body(policy, r.ResponseBody, done && r.ResourceType == directory.UserType)
	r.Query = QueryText(policy, r.Query)
}

// Body prepares a body for the journal by the policy of its source: nothing, or JSON without secrets,
// or JSON whose personal values are removed too. What is no JSON, or is longer than MaxBody, is not kept,
// since nobody can tell what is a secret in it.
func Body(policy directory.BodyPolicy, text []byte) []byte { return body(policy, text, false) }

// body is Body for a text of which it may be known that it is JSON.
func body(policy directory.BodyPolicy, text []byte, known bool) []byte {
	if policy == directory.BodiesOff || len(text) == 0 {
		return nil
	}
	if len(text) > MaxBody {
		return scim.AppendString(nil, "[the body has more than 64 KiB and was not kept]")
	}
	if policy == directory.BodiesKept && !mayHideSecret(text) && (known || json.Valid(text)) {
		return text
	}
	v, err := scim.DecodeValue(text, scim.Limits{Bytes: MaxBody})
	if err != nil {
		return scim.AppendString(nil, "[the body is no JSON and was not kept]")
	}
	return scim.AppendJSON(nil, strip(v, policy == directory.BodiesRedacted, ""))
}

// secretWords are what every one of secretNames contains, each with the place of a letter that is rare in
// other words.
var secretWords = []struct {
	word string
	rare int
}{{"password", 4}, {"token", 2}, {"secret", 2}, {"authorization", 7}}

// disguises are the other notations of letters in those words: the escape of JSON, and the characters
// outside of ASCII whose lower case is in it.
var disguises = [][]byte{[]byte(`\u`), []byte("\u212a"), []byte("\u0130")}

// mayHideSecret reports whether a body must be decoded to know that none of its names is one of
// secretNames. Of ordinary bodies few need it, and decoding takes longer than everything else that a
// record costs.
func mayHideSecret(body []byte) bool {
	for _, s := range secretWords {
		if containsFold(body, s.word, s.rare) {
			return true
		}
	}
	return slices.ContainsFunc(disguises, func(d []byte) bool { return bytes.Contains(body, d) })
}

// containsFold reports whether text contains a word in lower or upper case letters of ASCII. It looks at
// the places of one of the letters, which are found many bytes at a time.
func containsFold(text []byte, word string, rare int) bool {
	for _, letter := range [...]byte{word[rare], word[rare] - 'a' + 'A'} {
		for rest := text; ; {
			i := bytes.IndexByte(rest, letter)
			if i < 0 {
				break
			}
			start := len(text) - len(rest) + i - rare
			if start >= 0 && start+len(word) <= len(text) && strings.EqualFold(string(text[start:start+len(word)]), word) {
				return true
			}
			rest = rest[i+1:]
		}
	}
	return false
}

// QueryText prepares a decoded query string for the journal: what stands in quotation marks is a value that
// somebody looked for.
func QueryText(policy directory.BodyPolicy, query string) string {
	if policy == directory.BodiesKept {
		return query
	}
	parts := strings.Split(query, `"`)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = redacted
	}
	return strings.Join(parts, `"`)
}

// strip returns v, the value of name, without secrets and, with personal, without the values of all
// but structural names.
func strip(v any, personal bool, name string) any {
	switch v := v.(type) {
	case scim.Object:
		path, _ := member(v, "path").(string)
		out := make(scim.Object, len(v))
		for key, e := range v {
			lower := strings.ToLower(key)
			if isSecret(lower) || lower == "value" && isSecret(strings.ToLower(path)) {
				out[key] = redacted
			} else {
				out[key] = strip(e, personal, lower)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = strip(e, personal, name)
		}
		return out
	case string, scim.Number:
		if personal && !slices.Contains(structural, name) {
			return redacted
		}
	}
	return v
}

func member(obj scim.Object, name string) any {
	for key, v := range obj {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return nil
}

// isSecret looks at the last part of a name or path: "urn:…:User:password" is one too.
func isSecret(name string) bool {
	if i := strings.LastIndexAny(name, ":."); i >= 0 {
		name = name[i+1:]
	}
	return slices.Contains(secretNames, name)
}
