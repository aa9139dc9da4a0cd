package filter

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/scim"
)

const numberPattern = `-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?`

// The order of decimals is that of the rational numbers.
func TestDecimal_OrdersLikeRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(numberPattern).Draw(t, "a")
		b := rapid.OneOf(
			rapid.StringMatching(numberPattern),
			rapid.SampledFrom([]string{a, a + "e0", strings.ToUpper(a), "-" + a, "0", "-0", "0.0e5"}),
		).Draw(t, "b")
		x, ok := parseDecimal(scim.Number(a))
		if !ok {
			t.Fatalf("%s is a number", a)
		}
		y, ok := parseDecimal(scim.Number(b))
		rb, valid := new(big.Rat).SetString(b)
		if !ok || strings.HasPrefix(b, "--") || strings.Count(strings.ToLower(b), "e") > 1 {
			if ok {
				t.Fatalf("%s is no number", b)
			}
			return
		}
		ra, _ := new(big.Rat).SetString(a)
		if !valid || x.compare(y) != ra.Cmp(rb) || y.compare(x) != rb.Cmp(ra) {
			t.Fatalf("%s and %s compare as %d and %d, want %d", a, b, x.compare(y), y.compare(x), ra.Cmp(rb))
		}
	})
}

func TestDecimal_Grammar(t *testing.T) {
	t.Parallel()
	for _, bad := range []scim.Number{"", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1e1.5", "1 ", "0x1", "1_0", "NaN", "Infinity", "1e5x"} {
		if d, ok := parseDecimal(bad); ok {
			t.Errorf("%q parses as %+v", bad, d)
		}
	}
}

// A naive implementation expands the power of ten, and does not come back.
func TestDecimal_HugeExponentsAreCheap(t *testing.T) {
	t.Parallel()
	huge, _ := parseDecimal("1e999999999999999999999999")
	tiny, _ := parseDecimal("1e-999999999999999999999999")
	one, _ := parseDecimal("1")
	minus, _ := parseDecimal("-2e999999999")
	if huge.compare(one) != 1 || tiny.compare(one) != -1 || minus.compare(one) != -1 || minus.compare(huge) != -1 || huge.compare(huge) != 0 {
		t.Error("huge exponents order wrongly")
	}
}
