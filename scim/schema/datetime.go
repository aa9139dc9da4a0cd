package schema

import (
	"strings"
	"time"

	"github.com/rosterhq/roster/scim"
)

// ParseDateTime reads an xsd:dateTime (RFC 7643 §2.3.5): date and time both present, four-digit
// years from 0001, 24:00:00 as the end of a day, offsets up to 14 hours, a missing zone meaning UTC.
// Fractions of a second beyond nanoseconds are cut off. The error is 400 invalidValue.
func ParseDateTime(s string) (time.Time, error) {
	t, ok := parseDateTime(s)
	if !ok {
		return time.Time{}, scim.BadRequest(scim.InvalidValue,
			"%q is not a date and time. Send one such as 2026-01-31T08:30:00Z.", scim.Abbreviate(s))
	}
	return t, nil
}

func parseDateTime(s string) (time.Time, bool) {
	// The fixed part is 2006-01-02T15:04:05.
	const fixed = len("2006-01-02T15:04:05")
	if len(s) < fixed {
		return time.Time{}, false
	}
	for i, c := range []byte("dddd-dd-ddTdd:dd:dd") {
		if c == 'd' && !isDigit(s[i]) || c != 'd' && s[i] != c {
			return time.Time{}, false
		}
	}
	year, month, day := number(s[0:4]), number(s[5:7]), number(s[8:10])
	hour, minute, second := number(s[11:13]), number(s[14:16]), number(s[17:19])
	nanos, rest, ok := fraction(s[fixed:])
	if !ok {
		return time.Time{}, false
	}
	zone, ok := offset(rest)
	if !ok {
		return time.Time{}, false
	}
	midnight := hour == 24 && minute == 0 && second == 0 && nanos == 0
	if year == 0 || month < 1 || month > 12 || day < 1 || minute > 59 || second > 59 || hour > 23 && !midnight {
		return time.Time{}, false
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Day() != day {
		return time.Time{}, false // the month has no such day
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC).Add(-zone), true
}

// fraction reads an optional ".ddd" and returns the nanoseconds and what follows.
func fraction(s string) (nanos int, rest string, ok bool) {
	if !strings.HasPrefix(s, ".") {
		return 0, s, true
	}
	s = s[1:]
	n := 0
	for scale := 100_000_000; n < len(s) && isDigit(s[n]); n++ {
		nanos += int(s[n]-'0') * scale
		scale /= 10
	}
	return nanos, s[n:], n > 0
}

// offset reads "", "Z" or "+hh:mm".
func offset(s string) (time.Duration, bool) {
	if s == "" || s == "Z" {
		return 0, true
	}
	if len(s) != len("+hh:mm") || s[0] != '+' && s[0] != '-' || s[3] != ':' ||
		!isDigit(s[1]) || !isDigit(s[2]) || !isDigit(s[4]) || !isDigit(s[5]) {
		return 0, false
	}
	minutes := number(s[4:6])
	d := time.Duration(number(s[1:3]))*time.Hour + time.Duration(minutes)*time.Minute
	if minutes > 59 || d > 14*time.Hour {
		return 0, false
	}
	if s[0] == '-' {
		d = -d
	}
	return d, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// number reads digits that were checked before.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = 10*n + int(s[i]-'0')
	}
	return n
}

// FormatDateTime writes t in UTC with milliseconds and Z, the form of meta.created and
// meta.lastModified.
func FormatDateTime(t time.Time) string { return string(AppendDateTime(nil, t)) }

// AppendDateTime appends FormatDateTime(t) to dst.
func AppendDateTime(dst []byte, t time.Time) []byte {
	// The package time has a fast way for this layout, but not for one with milliseconds.
	dst = t.UTC().AppendFormat(dst, time.RFC3339)
	ms := t.Nanosecond() / 1e6
	return append(dst[:len(dst)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}
