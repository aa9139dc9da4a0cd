package scim

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits bound what DecodeObject and DecodeValue accept. A zero field means its default.
type Limits struct {
	// Depth is the deepest nesting of objects and arrays; 32 by default.
	Depth int
	// Keys is the largest number of members of one object; 2,000 by default.
	Keys int
	// StringBytes is the longest string or name after unescaping; 64 KiB by default. A longer number
	// literal is refused as well.
	StringBytes int
	// Bytes is the largest document; 16 MiB by default.
	Bytes int
}

func (l Limits) withDefaults() Limits {
	if l.Depth <= 0 {
		l.Depth = 32
	}
	if l.Keys <= 0 {
		l.Keys = 2000
	}
	if l.StringBytes <= 0 {
		l.StringBytes = 64 << 10
	}
	if l.Bytes <= 0 {
		l.Bytes = 16 << 20
	}
	return l
}

// Rules that the errors of the reader name.
const (
	ruleNotJSON  = "body.not-json"
	ruleTooLarge = "body.too-large"
)

// DecodeObject reads exactly one JSON object. It is stricter than most readers, because what it lets
// through is stored and answered for years: the text must be valid UTF-8 without a byte order mark,
// strings and names hold no NUL and no lone surrogate, no object has two names that are equal
// ignoring ASCII case (RFC 7643 §2.1 makes them one attribute), and the limits hold. Numbers keep
// their literal text.
//
// Failures are *Error: 413 when data exceeds Limits.Bytes, else 400 invalidSyntax with the line and
// the column (both from 1, the column in bytes) of the offence.
func DecodeObject(data []byte, lim Limits) (Object, error) {
	v, err := DecodeValue(data, lim)
	if err != nil {
		return nil, err
	}
	obj, ok := v.(Object)
	if !ok {
		return nil, BadRequest(InvalidSyntax, "The body is a JSON %s, but a JSON object is required. Send one object in { }.", kindOf(v)).WithRule(ruleNotJSON)
	}
	return obj, nil
}

// DecodeValue reads exactly one JSON value of any type under the rules of DecodeObject.
func DecodeValue(data []byte, lim Limits) (any, error) {
	lim = lim.withDefaults()
	if len(data) > lim.Bytes {
		return nil, Errorf(http.StatusRequestEntityTooLarge,
			"The body has more than %d bytes. Send less at once, or have the limit raised.", lim.Bytes).WithRule(ruleTooLarge)
	}
	r := reader{data: data, lim: lim}
	if err := r.checkEncoding(); err != nil {
		return nil, err
	}
	r.dec.Reset(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true))
	if len(data) <= shareBelow {
		r.text = string(data)
	}
	tok, err := r.next()
	if err != nil {
		return nil, err
	}
	v, err := r.value(tok, 1)
	if err != nil {
		return nil, err
	}
	r.start = r.position()
	if _, err := r.dec.ReadToken(); err != io.EOF {
		return nil, r.errorHere("something follows the end of the JSON value")
	}
	return v, nil
}

// shareBelow is the size of a document up to which its strings share one copy of the text instead of
// being allocated one by one. In a larger document one kept string would keep megabytes.
const shareBelow = 64 << 10

// reader walks the tokens of one document. Duplicate names are checked here and not by jsontext,
// which would compare them exactly.
type reader struct {
	data []byte
	lim  Limits
	dec  jsontext.Decoder
	// text is a copy of data, or empty when strings are not shared.
	text string
	// start is where the token just read begins.
	start int
}

// checkEncoding names the usual encoding mistakes; jsontext would report them as a stray byte.
func (r *reader) checkEncoding() error {
	switch {
	case len(bytes.TrimLeft(r.data, " \t\r\n")) == 0:
		return r.errorAt(0, "the body is empty")
	case bytes.HasPrefix(r.data, []byte("\xef\xbb\xbf")):
		return r.errorAt(0, "the text starts with a byte order mark; send UTF-8 without it")
	case bytes.HasPrefix(r.data, []byte("\xfe\xff")), bytes.HasPrefix(r.data, []byte("\xff\xfe")),
		r.data[0] == 0, len(r.data) > 1 && r.data[1] == 0:
		return r.errorAt(0, "the text is not UTF-8 (it looks like UTF-16 or UTF-32)")
	}
	return nil
}

// next reads a token. The token is valid until the following call.
func (r *reader) next() (jsontext.Token, error) {
	r.start = r.position()
	tok, err := r.dec.ReadToken()
	if err == nil {
		return tok, nil
	}
	var syn *jsontext.SyntacticError
	switch {
	case errors.As(err, &syn):
		if syn.Err == io.ErrUnexpectedEOF {
			return tok, r.errorAt(len(r.data), "the text ends before the value does")
		}
		return tok, r.errorAt(int(syn.ByteOffset), "%s", strings.TrimPrefix(syn.Err.Error(), "jsontext: "))
	default:
		return tok, r.errorAt(len(r.data), "the text ends before the value does")
	}
}

func (r *reader) value(tok jsontext.Token, depth int) (any, error) {
	switch tok.Kind() {
	case jsontext.KindNull:
		return nil, nil
	case jsontext.KindTrue:
		return true, nil
	case jsontext.KindFalse:
		return false, nil
	case jsontext.KindString:
		return r.string(tok, "string")
	case jsontext.KindNumber:
		s := r.literal(tok)
		if len(s) > r.lim.StringBytes {
			return nil, r.errorHere("a number has more than %d characters", r.lim.StringBytes)
		}
		return Number(s), nil
	}
	if depth > r.lim.Depth {
		return nil, r.errorHere("objects and arrays are nested more than %d deep", r.lim.Depth)
	}
	if tok.Kind() == jsontext.KindBeginObject {
		return r.object(depth)
	}
	return r.array(depth)
}

func (r *reader) array(depth int) (any, error) {
	list := []any{}
	for {
		tok, err := r.next()
		if err != nil {
			return nil, err
		}
		if tok.Kind() == jsontext.KindEndArray {
			return list, nil
		}
		v, err := r.value(tok, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

func (r *reader) object(depth int) (any, error) {
	obj := make(Object)
	var seen nameSet
	for {
		tok, err := r.next()
		if err != nil {
			return nil, err
		}
		if tok.Kind() == jsontext.KindEndObject {
			return obj, nil
		}
		name, err := r.string(tok, "name")
		if err != nil {
			return nil, err
		}
		if other, dup := seen.add(name); dup {
			if other == name {
				return nil, r.errorHere("the name %q occurs twice in one object", Abbreviate(name))
			}
			return nil, r.errorHere("the names %q and %q in one object mean the same attribute", Abbreviate(other), Abbreviate(name))
		}
		if len(obj) == r.lim.Keys {
			return nil, r.errorHere("an object has more than %d members", r.lim.Keys)
		}
		if tok, err = r.next(); err != nil {
			return nil, err
		}
		v, err := r.value(tok, depth+1)
		if err != nil {
			return nil, err
		}
		obj[name] = v
	}
}

// literal returns the text of the token just read; of a string it is the raw text with quotation
// marks if the text is shared, else the unescaped one.
func (r *reader) literal(tok jsontext.Token) string {
	if r.text == "" {
		return tok.String()
	}
	return r.text[r.start:r.dec.InputOffset()]
}

func (r *reader) string(tok jsontext.Token, what string) (string, error) {
	// Without an escape the string is the text between the quotation marks.
	s := r.literal(tok)
	switch {
	case r.text == "":
	case strings.IndexByte(s, '\\') >= 0:
		s = tok.String()
	default:
		s = s[1 : len(s)-1]
	}
	if len(s) > r.lim.StringBytes {
		return "", r.errorHere("a %s has more than %d bytes", what, r.lim.StringBytes)
	}
	if strings.IndexByte(s, 0) >= 0 {
		return "", r.errorHere("a %s contains the character U+0000, which cannot be stored", what)
	}
	return s, nil
}

// position returns where the token after the one just read begins.
func (r *reader) position() int {
	at := int(r.dec.InputOffset())
	for at < len(r.data) {
		switch r.data[at] {
		case ' ', '\t', '\r', '\n', ',', ':':
			at++
		default:
			return at
		}
	}
	return at
}

// errorHere reports the token just read.
func (r *reader) errorHere(format string, args ...any) error {
	return r.errorAt(r.start, format, args...)
}

func (r *reader) errorAt(offset int, format string, args ...any) error {
	offset = max(0, min(offset, len(r.data)))
	before := r.data[:offset]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := offset - bytes.LastIndexByte(before, '\n')
	e := BadRequest(InvalidSyntax, format, args...).WithRule(ruleNotJSON)
	e.Detail = "The body is not acceptable JSON at " + place(line, column) + ": " + e.Detail + ". Correct it and send the request again."
	return e
}
