package provision

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

func TestClientError_SaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	if err := clientError(nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	mistake := errors.New("other")
	if err := clientError(mistake); err != mistake {
		t.Errorf("another error became %v", err)
	}
	for _, tt := range []struct {
		err   error
		after time.Duration
		want  string
	}{
		{directory.ErrBusy, 2 * time.Second, "nothing was changed"},
		{fmt.Errorf("a wrapped one: %w", directory.ErrVersion), 2 * time.Second, "nothing was changed"},
		{directory.ErrFull, time.Minute, "nothing was changed"},
		{directory.ErrUnavailable, time.Minute, "nothing was changed"},
		{fmt.Errorf("%w: %w", directory.ErrUncertain, directory.ErrBusy), 2 * time.Second, "may have been made"},
		{fmt.Errorf("%w: %w", directory.ErrUncertain, directory.ErrUnavailable), time.Minute, "may have been made"},
	} {
		e := scim.AsError(clientError(tt.err))
		if e.Status != 503 || e.RetryAfter != tt.after || !strings.Contains(e.Detail, tt.want) {
			t.Errorf("%v: %d after %v, %q; want 503 after %v, %q", tt.err, e.Status, e.RetryAfter, e.Detail, tt.after, tt.want)
		}
	}
}
