package outbox

import (
	"testing"
	"time"
)

func TestRetryDelay_GrowsToADay(t *testing.T) {
	t.Parallel()
	for failed, want := range map[int]time.Duration{0: 5 * time.Second, 1: 5 * time.Second, 2: 5 * time.Minute, 8: 20 * time.Hour, 9: 24 * time.Hour, 1000: 24 * time.Hour} {
		for range 100 {
			if got := retryDelay(failed); got < want-want/10 || got > want+want/10 {
				t.Errorf("after %d failures: %v, want about %v", failed, got, want)
			}
		}
	}
}

func TestParseJTI_TakesOnlyWhatJTIMakes(t *testing.T) {
	t.Parallel()
	for _, m := range []Mark{{Number: 1}, {Number: 1 << 60}, {Outcome: true, Number: 7}} {
		if got, ok := parseJTI("rcv_1", jti("rcv_1", m)); !ok || got != m {
			t.Errorf("%+v became %+v", m, got)
		}
	}
	for _, id := range []string{"", "rcv_1", "rcv_1.", "rcv_1.e", "rcv_1.e0", "rcv_1.e01", "rcv_1.e-1", "rcv_1.e+1", "rcv_1.x1", "rcv_2.e1", "rcv_1.e99999999999999999999"} {
		if m, ok := parseJTI("rcv_1", id); ok {
			t.Errorf("%q became %+v", id, m)
		}
	}
}
