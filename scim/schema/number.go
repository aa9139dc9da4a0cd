package schema

import (
	"strconv"
	"strings"

	"github.com/rosterhq/roster/scim"
)

// canonicalInteger rewrites a JSON number without fraction and exponent (RFC 7643 §2.3.4): 3.0 and
// 3e0 become 3. It refuses true fractions and what does not fit into 64 bits. The work does not grow
// with the exponent.
func canonicalInteger(n scim.Number) (scim.Number, bool) {
	s := string(n)
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		if i == 0 {
			return "0", true
		}
		return n, validNumber(s)
	}
	negative := strings.HasPrefix(s, "-")
	mantissa, exponent, hasExponent := cutExponent(strings.TrimPrefix(s, "-"))
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0", validNumber(s)
	}
	shift := 0
	if hasExponent {
		e, err := strconv.Atoi(exponent)
		if err != nil || e > 1000 || e < -1_000_000 {
			return "", false
		}
		shift = e
	}
	shift -= len(fraction)
	stripped := strings.TrimRight(digits, "0")
	shift += len(digits) - len(stripped)
	if shift < 0 || len(stripped)+shift > 19 {
		return "", false
	}
	text := stripped + strings.Repeat("0", shift)
	if negative {
		text = "-" + text
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		return "", false
	}
	return scim.Number(text), validNumber(s)
}

func cutExponent(s string) (mantissa, exponent string, found bool) {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// validDecimal accepts numbers that a float64 can hold, so that comparing them stays cheap.
func validDecimal(n scim.Number) bool {
	if !validNumber(string(n)) {
		return false
	}
	_, err := strconv.ParseFloat(string(n), 64)
	return err == nil
}

// validNumber checks the grammar of JSON numbers, because a Number may come from Go code.
func validNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	digits := func() bool {
		n := 0
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if strings.HasPrefix(s, "0") && len(s) > 1 && isDigit(s[1]) {
		return false
	}
	if !digits() {
		return false
	}
	if strings.HasPrefix(s, ".") {
		if s = s[1:]; !digits() {
			return false
		}
	}
	if s != "" && lower(s[0]) == 'e' {
		if s = s[1:]; s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !digits() {
			return false
		}
	}
	return s == ""
}
