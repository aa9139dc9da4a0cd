package adminapi

import (
	"errors"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rosterhq/roster/scim"
)

// jsonFormat reads strictly (no repeated or unknown members, valid UTF-8) and writes times in UTC with
// milliseconds, and no null where a list is empty.
func jsonFormat() huma.Format {
	return huma.Format{
		Marshal: func(w io.Writer, v any) error { return encode(jsontext.NewEncoder(w), v) },
		Unmarshal: func(data []byte, v any) error {
			return plainly(json.Unmarshal(data, v, json.RejectUnknownMembers(true)))
		},
	}
}

// encode writes a value and a line feed.
func encode(enc *jsontext.Encoder, v any) error {
	return json.MarshalEncode(enc, v, json.Deterministic(true),
		json.WithMarshalers(json.MarshalToFunc(func(enc *jsontext.Encoder, t time.Time) error {
			return enc.WriteToken(jsontext.String(timeText(t)))
		})))
}

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// plainly takes the names of Go types and packages off an error about a document.
func plainly(err error) error {
	if err == nil {
		return nil
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return errors.New("the body is no valid JSON: " + syntax.Err.Error() + place(syntax.JSONPointer))
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		if errors.Is(semantic.Err, json.ErrUnknownName) {
			return errors.New("unexpected property" + place(semantic.JSONPointer))
		}
		return errors.New("the value has the wrong type" + place(semantic.JSONPointer))
	}
	return errors.New("the body is no valid JSON")
}

func place(pointer jsontext.Pointer) string {
	if pointer == "" {
		return ""
	}
	return " at " + scim.Abbreviate(string(pointer))
}
