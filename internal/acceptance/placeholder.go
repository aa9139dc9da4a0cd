package acceptance

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Placeholders are the {{names}} that a case may use, without braces: "base", "uid:alice", "token".
type Placeholders map[string]string

var placeholder = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// Fill replaces every {{name}}, {{name:upper}}, {{name:FROM:TO}} (bytes), {{rep:X:N}} (X, N times) and
// {{chunk:X}} (X as one chunk of a chunked body, whose end does not follow).
func (p Placeholders) Fill(text string) (string, error) {
	var unknown error
	text = placeholder.ReplaceAllStringFunc(text, func(whole string) string {
		value, err := p.value(whole[2 : len(whole)-2])
		if err != nil {
			unknown = err
		}
		return value
	})
	if start := strings.Index(text, "{{chunk:"); start >= 0 {
		end := strings.LastIndex(text, "}}")
		if end < start {
			return "", fmt.Errorf("a chunk is not closed in %q", text)
		}
		chunk := text[start+len("{{chunk:") : end]
		text = fmt.Sprintf("%s%x\r\n%s\r\n%s", text[:start], len(chunk), chunk, text[end+2:])
	}
	return text, unknown
}

func (p Placeholders) value(name string) (string, error) {
	if value, ok := p[name]; ok {
		return value, nil
	}
	if rest, ok := strings.CutPrefix(name, "rep:"); ok {
		i := strings.LastIndexByte(rest, ':')
		n, err := strconv.Atoi(rest[i+1:])
		if i < 0 || err != nil {
			return "", fmt.Errorf("placeholder %q: want rep:TEXT:TIMES", name)
		}
		return strings.Repeat(rest[:i], n), nil
	}
	if rest, ok := strings.CutSuffix(name, ":upper"); ok {
		value, err := p.value(rest)
		return strings.ToUpper(value), err
	}
	parts := strings.Split(name, ":")
	if len(parts) >= 3 {
		from, err1 := strconv.Atoi(parts[len(parts)-2])
		to, err2 := strconv.Atoi(parts[len(parts)-1])
		value, ok := p[strings.Join(parts[:len(parts)-2], ":")]
		if ok && err1 == nil && err2 == nil && from <= to && to <= len(value) {
			return value[from:to], nil
		}
	}
	return "", fmt.Errorf("placeholder %q has no value", name)
}

var escapedByte = regexp.MustCompile(`\\x([0-9a-fA-F]{2})`)

// RawBytes turns \xNN into the byte it stands for.
func RawBytes(text string) []byte {
	return escapedByte.ReplaceAllFunc([]byte(text), func(m []byte) []byte {
		n, _ := strconv.ParseUint(string(m[2:]), 16, 8) // two hexadecimal digits always parse
		return []byte{byte(n)}
	})
}
