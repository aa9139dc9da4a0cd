package acceptance

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// creatorPause is what a creator waits before it repeats a request. It is shorter than what Retry-After
// asks for: the sooner it comes back, the likelier it meets what is not settled yet.
const creatorPause = 100 * time.Millisecond

// Creator makes users, one after the other, and repeats what was refused for a moment until it is told
// that the user is there.
type Creator struct {
	// Made are the names that were acknowledged: by 201, or by 409 after an answer that said that the
	// change may have been made.
	Made     map[string]bool
	Refused  int
	Repeated int // acknowledged by 409

	prefix string
	source Source
	next   int
}

// NewCreator returns a creator whose names begin with its number.
func NewCreator(number int, source Source) *Creator {
	return &Creator{Made: map[string]bool{}, prefix: fmt.Sprintf("c%02d-", number), source: source}
}

// Create works until the context ends. An error is an answer that it may not get.
func (c *Creator) Create(ctx context.Context, client *Client) error {
	for ctx.Err() == nil {
		c.next++
		if err := c.create(ctx, client, fmt.Sprintf("%s%06d", c.prefix, c.next)); err != nil {
			return err
		}
	}
	return nil
}

func (c *Creator) create(ctx context.Context, client *Client, name string) error {
	body := marshal(userBody(name, Person{DisplayName: "made by " + c.prefix, Active: true}))
	doubtful := false
	for {
		ex, err := client.Do(context.WithoutCancel(ctx), scimWrite(http.MethodPost, c.source.Base(), c.source.Token, "/Users", body))
		switch {
		case err != nil:
			return fmt.Errorf("creator %s: %w", c.prefix, err)
		case ex.Answer.Status == http.StatusCreated:
			c.Made[name] = true
			return nil
		case ex.Answer.Status == http.StatusConflict && doubtful:
			c.Made[name] = true
			c.Repeated++
			return nil
		case ex.Answer.Status != http.StatusServiceUnavailable || ex.Answer.Header.Get("Retry-After") == "":
			return fmt.Errorf("creator %s, after an answer that left it open: %t\n%s", c.prefix, doubtful, ex)
		}
		c.Refused++
		doubtful = doubtful || strings.Contains(string(ex.Answer.Body), "may have been made")
		timer := time.NewTimer(creatorPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// Differences tells which of the acknowledged users are not there exactly once, and which others are
// there twice.
func (c *Creator) Differences(view DirectoryView) (problems []string) {
	count := map[string]int{}
	for _, user := range view.Users {
		if strings.HasPrefix(user.UserName, c.prefix) {
			count[user.UserName]++
		}
	}
	for name := range c.Made {
		if count[name] == 0 {
			problems = append(problems, "user "+name+" was acknowledged and is lost")
		}
	}
	for name, n := range count {
		if n > 1 {
			problems = append(problems, fmt.Sprintf("user %s is there %d times", name, n))
		}
	}
	return problems
}
