package filter

import (
	"cmp"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// decimal is a JSON number in a form that compares exactly and in linear time, whatever its exponent:
// ±0.digits × 10^exp. digits has no zero at either end and is empty for zero.
type decimal struct {
	negative bool
	digits   string
	exp      int64
}

// exponentLimit is where exponents saturate. Numbers beyond it are ordered among themselves by their
// digits only; nothing that is stored comes near it.
const exponentLimit = 1 << 40

// parseDecimal reads the number grammar of RFC 8259 §6.
func parseDecimal(n scim.Number) (decimal, bool) {
	s := string(n)
	var d decimal
	if d.negative = strings.HasPrefix(s, "-"); d.negative {
		s = s[1:]
	}
	whole := digitCount(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return d, false
	}
	d.digits, s = s[:whole], s[whole:]
	if strings.HasPrefix(s, ".") {
		n := digitCount(s[1:])
		if n == 0 {
			return d, false
		}
		d.digits += s[1 : 1+n]
		s = s[1+n:]
	}
	d.exp = int64(whole)
	if s != "" {
		e, ok := parseExponent(s)
		if !ok {
			return d, false
		}
		d.exp += e
	}
	d.digits = strings.TrimRight(d.digits, "0")
	significant := strings.TrimLeft(d.digits, "0")
	d.exp -= int64(len(d.digits) - len(significant))
	d.digits = significant
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

// parseExponent reads e, sign and digits, which must be all of s.
func parseExponent(s string) (int64, bool) {
	if lower(s[0]) != 'e' {
		return 0, false
	}
	s = s[1:]
	sign := int64(1)
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	if s == "" || digitCount(s) != len(s) {
		return 0, false
	}
	var e int64
	for i := range len(s) {
		e = min(e*10+int64(s[i]-'0'), exponentLimit)
	}
	return sign * e, true
}

func digitCount(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// compare returns -1, 0 or +1 as d is less than, equal to or greater than o.
func (d decimal) compare(o decimal) int {
	if c := cmp.Compare(d.sign(), o.sign()); c != 0 {
		return c
	}
	c := cmp.Compare(d.exp, o.exp)
	if c == 0 {
		// Without zeros at the ends, digits after a common point order like text.
		c = strings.Compare(d.digits, o.digits)
	}
	if d.negative {
		return -c
	}
	return c
}
