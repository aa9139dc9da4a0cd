package sqlstore

import (
	"time"

	"github.com/jackc/pgx/v5"
)

// A connection keeps its plans, made for the sizes that tables had then: the plan for an empty table may read
// all of a large one. So plans are made anew after the first of these times, after twice that, and so on,
// with the last one in between for ever. PostgreSQL does that by itself only when it analyzes a table.
const (
	firstPlans = time.Second
	lastPlans  = time.Minute
)

// discardPlans has every statement planned anew when it is used next.
const discardPlans = "DISCARD PLANS"

// planAge is when the plans of a connection are to be made anew.
type planAge struct {
	renew time.Time
	every time.Duration
}

// planned is where a connection keeps its planAge.
const planned = "roster.planned"

// stalePlans tells, once each time, that the plans of a connection are to be made anew.
func stalePlans(c *pgx.Conn, now time.Time) bool {
	data := c.PgConn().CustomData()
	age, known := data[planned].(*planAge)
	if !known {
		data[planned] = &planAge{renew: now.Add(firstPlans), every: firstPlans}
		return false
	}
	return age.stale(now)
}

func (a *planAge) stale(now time.Time) bool {
	if now.Before(a.renew) {
		return false
	}
	a.every = min(2*a.every, lastPlans)
	a.renew = now.Add(a.every)
	return true
}
