package filter

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/scim"
)

type kind uint8

const (
	end    kind = iota
	word        // attribute path, operator, literal, number: told apart by the parser
	quoted      // JSON string; text holds the decoded value
	symbol      // one of ( ) [ ]
)

// token is a piece of the input. pos and next are byte offsets of its first byte and of the byte
// after it.
type token struct {
	kind      kind
	pos, next int
	text      string
}

// is tells whether the token is the symbol c.
func (t token) is(c byte) bool { return t.kind == symbol && t.text[0] == c }

// isWord compares a word ignoring ASCII case; w is in lower case.
func (t token) isWord(w string) bool {
	if t.kind != word || len(t.text) != len(w) {
		return false
	}
	for i := range len(w) {
		if lower(t.text[i]) != w[i] {
			return false
		}
	}
	return true
}

// found describes the token for a detail that says what stands where something else was expected.
func (t token) found() string {
	switch t.kind {
	case end:
		return "the end"
	case quoted:
		return "the string " + strconv.Quote(scim.Abbreviate(t.text))
	default:
		return strconv.Quote(scim.Abbreviate(t.text))
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// lexer cuts the input into tokens, one ahead of the parser.
type lexer struct {
	in  string
	tok token
	// class is the scimType of failures: invalidPath outside the brackets of a PATCH path.
	class scim.ErrorType
}

// fail makes the error of a problem at byte offset pos. Columns count characters from 1.
func (l *lexer) fail(pos int, format string, args ...any) error {
	column := utf8.RuneCountInString(l.in[:pos]) + 1
	return scim.BadRequest(l.class, "Column %d: %s", column, fmt.Sprintf(format, args...))
}

// check refuses input that is too long or not UTF-8, before anything else looks at it.
func (l *lexer) check(what string, limit int) error {
	if len(l.in) > limit {
		return scim.BadRequest(l.class, "The %s is longer than %d bytes. Split the request into several.", what, limit)
	}
	if !utf8.ValidString(l.in) {
		pos := 0
		for pos < len(l.in) {
			r, n := utf8.DecodeRuneInString(l.in[pos:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			pos += n
		}
		return l.fail(pos, "the %s is not valid UTF-8.", what)
	}
	return nil
}

// advance reads the next token.
func (l *lexer) advance() error {
	pos := l.tok.next
	for pos < len(l.in) && isSpace(l.in[pos]) {
		pos++
	}
	if pos == len(l.in) {
		l.tok = token{kind: end, pos: pos, next: pos}
		return nil
	}
	switch c := l.in[pos]; {
	case c == '"':
		text, next, err := l.unquote(pos)
		if err != nil {
			return err
		}
		l.tok = token{quoted, pos, next, text}
	case isSymbol(c):
		l.tok = token{symbol, pos, pos + 1, l.in[pos : pos+1]}
	default:
		next := pos + 1
		for next < len(l.in) && l.in[next] != '"' && !isSymbol(l.in[next]) && !isSpace(l.in[next]) {
			next++
		}
		l.tok = token{word, pos, next, l.in[pos:next]}
	}
	return nil
}

func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
func isSymbol(c byte) bool { return c == '(' || c == ')' || c == '[' || c == ']' }

// unquote decodes the JSON string (RFC 8259 §7) whose opening quote is at start, exactly once. U+0000
// is refused because no stored value can hold it.
func (l *lexer) unquote(start int) (text string, next int, err error) {
	var b strings.Builder
	from := start + 1 // first byte that is not yet in b
	for i := start + 1; i < len(l.in); {
		switch c := l.in[i]; {
		case c == '"':
			if b.Len() == 0 {
				return l.in[from:i], i + 1, nil
			}
			b.WriteString(l.in[from:i])
			return b.String(), i + 1, nil
		case c < ' ':
			return "", 0, l.fail(i, "control character U+%04X in a string. Write it as the escape \\u%04x.", c, c)
		case c == '\\':
			r, n := unescape(l.in[i:])
			if n == 0 {
				return "", 0, l.fail(i, "this backslash starts no JSON escape. Write a literal backslash as \\\\.")
			}
			if r == 0 {
				return "", 0, l.fail(i, "U+0000 cannot be part of a value.")
			}
			b.WriteString(l.in[from:i])
			b.WriteRune(r)
			i += n
			from = i
		default:
			i++
		}
	}
	return "", 0, l.fail(start, "the string that starts here has no closing quotation mark.")
}

// unescape decodes the escape at the start of s and returns its length, 0 if it is not valid.
func unescape(s string) (r rune, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[1] {
	case '"', '\\', '/':
		return rune(s[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		hi, ok := hex4(s)
		switch {
		case !ok || 0xDC00 <= hi && hi < 0xE000:
			return 0, 0
		case hi < 0xD800 || hi >= 0xE000:
			return hi, 6
		}
		lo, ok := hex4(s[6:])
		if !ok || lo < 0xDC00 || lo >= 0xE000 {
			return 0, 0
		}
		return (hi-0xD800)<<10 + (lo - 0xDC00) + 0x10000, 12
	}
	return 0, 0
}

// hex4 reads the \uXXXX at the start of s.
func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for i := 2; i < 6; i++ {
		c := lower(s[i])
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
