package provision

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
)

func TestSearch_OnlyASlowOneIsTooMany(t *testing.T) {
	t.Parallel()
	s := &search{request: t.Context(), limit: 1}
	defer s.end()
	<-s.Done()
	if e, ok := errors.AsType[*scim.Error](s.verdict(s.Err())); !ok || e.Type != scim.TooMany {
		t.Errorf("a search that took too long: %v", e)
	}
	lost := fmt.Errorf("%w: %w", directory.ErrBusy, s.Err())
	if err := s.verdict(lost); err != lost {
		t.Errorf("a database that was away for the time of a search: %v", err)
	}
}

func TestSearch_EndsWithTheRequest(t *testing.T) {
	t.Parallel()
	request, cancel := context.WithCancel(context.WithValue(t.Context(), sessionKey{}, &session{}))
	s := &search{request: request, limit: time.Hour}
	defer s.end()
	if sessionOf(s) == nil || s.timed != nil {
		t.Error("the time of a search began before anybody asked for its end")
	}
	ended := make(chan struct{})
	context.AfterFunc(s, func() { close(ended) })
	if err := s.Err(); err != nil || sessionOf(s) == nil {
		t.Errorf("before the end: %v", err)
	}
	cancel()
	<-ended
	if err := s.Err(); err != context.Canceled || s.verdict(err) != err {
		t.Errorf("after the end of the request: %v", err)
	}
}
