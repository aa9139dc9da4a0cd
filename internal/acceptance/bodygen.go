package acceptance

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// BodyGen says how to make a body.
type BodyGen struct {
	Kind    string     `json:"kind"`
	Charset string     `json:"charset"`
	Text    string     `json:"text"`
	Parts   []BodyPart `json:"parts"`
	Open    string     `json:"open"`
	Close   string     `json:"close"`
	Depth   int        `json:"depth"`
	Prefix  string     `json:"prefix"`
	Item    string     `json:"item"`
	Suffix  string     `json:"suffix"`
	Key     string     `json:"key"`
	Before  string     `json:"before"`
	Rep     string     `json:"rep"`
	After   string     `json:"after"`
	N       int        `json:"n"`
}

// BodyPart is text or bytes in hexadecimal.
type BodyPart struct {
	Text string `json:"text"`
	Hex  string `json:"hex"`
}

const patchEnvelope = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"emails[%s].value","value":"x@x.test"}]}`

// Bytes makes the body.
func (g *BodyGen) Bytes(p Placeholders) ([]byte, error) {
	filled := *g
	for _, text := range []*string{&filled.Text, &filled.Prefix, &filled.Item, &filled.Suffix, &filled.Before, &filled.After} {
		var err error
		if *text, err = p.Fill(*text); err != nil {
			return nil, err
		}
	}
	switch g.Kind {
	case "encode":
		return encode(g.Charset, filled.Text)
	case "concat":
		return concat(g.Parts, p)
	case "nest":
		return []byte(strings.Repeat(g.Open, g.Depth) + strings.Repeat(g.Close, g.Depth)), nil
	case "nestobj":
		open := `{"` + g.Key + `":`
		return []byte(filled.Prefix + strings.Repeat(open, g.Depth) + "1" + strings.Repeat("}", g.Depth) + filled.Suffix), nil
	case "gzip_zeros":
		return gzipZeros(g.N)
	case "repeat_item":
		items := make([]string, g.N)
		for i := range items {
			items[i] = strings.ReplaceAll(filled.Item, "{i}", strconv.Itoa(i))
		}
		return []byte(filled.Prefix + strings.Join(items, ",") + filled.Suffix), nil
	case "notchain":
		filter := strings.Repeat("not (", g.N) + "userName pr" + strings.Repeat(")", g.N)
		return []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"` + filter + `"}`), nil
	case "paren_path":
		filter := strings.Repeat("(", g.N) + `type eq \"work\"` + strings.Repeat(")", g.N)
		return fmt.Appendf(nil, patchEnvelope, filter), nil
	case "json_rep":
		return []byte(filled.Before + strings.Repeat(g.Rep, g.N) + filled.After), nil
	}
	return nil, fmt.Errorf("no generator of bodies is called %q", g.Kind)
}

// encode writes text in UTF-16, little end first, after a byte order mark.
func encode(charset, text string) ([]byte, error) {
	if charset != "utf-16" {
		return nil, fmt.Errorf("charset %q is not known", charset)
	}
	body := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		body = append(body, byte(unit), byte(unit>>8))
	}
	return body, nil
}

func concat(parts []BodyPart, p Placeholders) ([]byte, error) {
	var body []byte
	for _, part := range parts {
		text, err := p.Fill(part.Text)
		if err != nil {
			return nil, err
		}
		raw, err := hex.DecodeString(part.Hex)
		if err != nil {
			return nil, err
		}
		body = append(append(body, text...), raw...)
	}
	return body, nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func gzipZeros(n int) ([]byte, error) {
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	if _, err := io.CopyN(w, zeros{}, int64(n)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}
