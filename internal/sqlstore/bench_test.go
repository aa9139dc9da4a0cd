package sqlstore

import (
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim/schema"
)

var benchNow = time.Date(2026, 1, 31, 8, 30, 0, 0, time.UTC)

// benchUser makes a user of 1.4 KiB with the keys that package directory gives one.
func benchUser(n int64) *directory.Record {
	name := fmt.Sprintf("%08x.user%d@example.com", uint32(n*2654435761), n)
	id := benchID(n)
	return &directory.Record{
		Source: directory.BuiltinSource, Type: directory.UserType, ID: id, Version: 1, Created: benchNow, Modified: benchNow,
		Active: true, Label: fmt.Sprint("User ", n),
		Body: []byte(`{"id":"` + string(id) + `","userName":"` + name + `","title":"` + strings.Repeat("x", 1300) + `"}`),
		Keys: directory.Keys{
			Name: name, NameUnique: true, ExternalID: fmt.Sprintf("%08x-ext", uint32(n*40503)), Display: fmt.Sprintf("%08x user", uint32(n*2246822519)),
			Values: []directory.IndexedValue{{Path: "emails.value", Key: name}},
		},
	}
}

func benchID(n int64) directory.ResourceID {
	return directory.ResourceID(fmt.Sprintf("0195ffff-0000-7000-8000-%012x", n))
}

// create is what a POST writes: the resource, its event and its audit row.
func create(t *tx, n int64) error {
	ctx := noContext{}
	r := benchUser(n)
	if err := t.InsertResource(ctx, r); err != nil {
		return err
	}
	cause := directory.Cause{Kind: "scim", RequestID: "01HZY3Q4J5K6M7N8", ActorID: "sa_1", ActorName: "acme", ClientIP: "192.0.2.1"}
	err := t.AppendEvent(ctx, &directory.Event{
		ID: "evt_" + string(r.ID), Source: r.Source, Type: directory.UserCreated, OccurredAt: benchNow,
		SubjectType: r.Type, SubjectID: string(r.ID), SubjectVersion: 1, Data: r.Body, Changes: []byte("[]"), Cause: cause,
	})
	if err != nil {
		return err
	}
	return t.AppendAudit(ctx, &directory.AuditEntry{
		Time: benchNow, Cause: cause, Action: "user.created", Source: r.Source, ObjectType: "user", ObjectID: string(r.ID), ObjectName: r.Label,
	})
}

type noContext struct{}

func (noContext) Deadline() (time.Time, bool) { return time.Time{}, false }
func (noContext) Done() <-chan struct{}       { return nil }
func (noContext) Err() error                  { return nil }
func (noContext) Value(any) any               { return nil }

// benchStore is a store with n users, the first members of them in one group.
func benchStore(b *testing.B, n, members int64) (*Store, directory.ResourceID) {
	b.Helper()
	s, _ := openTest(b, Options{})
	for from := int64(1); from <= n; from += 200 {
		err := s.update(b.Context(), func(t *tx) error {
			for i := from; i < min(from+200, n+1); i++ {
				if err := create(t, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	group := &directory.Record{
		Source: directory.BuiltinSource, Type: directory.GroupType, ID: benchID(1 << 40), Version: 1, Created: benchNow, Modified: benchNow,
		Active: true, Label: "staff", Body: []byte(`{"displayName":"staff"}`), Keys: directory.Keys{Name: "staff", NameUnique: true, Display: "staff"},
	}
	err := s.update(b.Context(), func(t *tx) error {
		if err := t.InsertResource(b.Context(), group); err != nil {
			return err
		}
		var ids []directory.ResourceID
		for i := int64(1); i <= members; i++ {
			ids = append(ids, benchID(i))
		}
		_, err := t.AddMembers(b.Context(), group.Source, group.ID, ids, benchNow)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	return s, group.ID
}

// BenchmarkBareInsert is the floor: rows of the same size in a table with four indexes, with group
// commit and nothing else.
func BenchmarkBareInsert(b *testing.B) {
	s, _ := openTest(b, Options{})
	insert := func(t *tx, n int64) error {
		r := benchUser(n)
		_, err := t.exec("INSERT INTO bare (id, name, external, body) VALUES ($1, $2, $3, $4)", r.ID, r.Keys.Name, r.Keys.ExternalID, r.Body)
		return err
	}
	err := s.update(b.Context(), func(t *tx) error {
		for _, query := range []string{
			"CREATE TABLE bare (row_id INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, external TEXT NOT NULL, body BLOB NOT NULL)",
			"CREATE UNIQUE INDEX bare_id ON bare (id)", "CREATE UNIQUE INDEX bare_name ON bare (name)", "CREATE INDEX bare_external ON bare (external)",
		} {
			if _, err := t.exec(query); err != nil {
				return err
			}
		}
		for n := range int64(50000) {
			if err := insert(t, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	benchWrites(b, s, 1<<20, insert)
}

func BenchmarkCreate(b *testing.B) {
	s, _ := benchStore(b, 50000, 0)
	benchWrites(b, s, 1<<20, create)
}

func benchWrites(b *testing.B, s *Store, first int64, write func(*tx, int64) error) {
	n := atomic.Int64{}
	n.Store(first)
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("writers=", writers), func(b *testing.B) {
			b.ReportAllocs()
			defer reportCPU(b)()
			b.SetParallelism((writers + 1) / 2)
			if writers == 1 {
				for b.Loop() {
					if err := s.update(b.Context(), func(t *tx) error { return write(t, n.Add(1)) }); err != nil {
						b.Fatal(err)
					}
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := n.Add(1)
					if err := s.update(b.Context(), func(t *tx) error { return write(t, i) }); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// reportCPU reports the processor time of an operation, which varies less than the time it takes.
func reportCPU(b *testing.B) func() {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	return func() { b.ReportMetric(float64((used()-before).Microseconds())/float64(b.N), "cpu-µs/op") }
}

func BenchmarkUpdate(b *testing.B) {
	s, _ := benchStore(b, 10000, 0)
	for n := int64(1); b.Loop(); n++ {
		i := n%10000 + 1
		err := s.update(b.Context(), func(t *tx) error {
			r, err := t.Resource(b.Context(), directory.BuiltinSource, directory.UserType, benchID(i))
			if err != nil {
				return err
			}
			r.Keys.Values = benchUser(i).Keys.Values
			r.Version++
			r.Active = !r.Active
			return t.UpdateResource(b.Context(), r)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddRemoveMember(b *testing.B) {
	for _, members := range []int64{0, 20000} {
		b.Run(fmt.Sprint("members=", members), func(b *testing.B) {
			s, group := benchStore(b, max(members, 1000), members)
			one := []directory.ResourceID{benchID(7)}
			for b.Loop() {
				err := s.update(b.Context(), func(t *tx) error {
					if _, err := t.RemoveMembers(b.Context(), directory.BuiltinSource, group, one); err != nil {
						return err
					}
					_, err := t.AddMembers(b.Context(), directory.BuiltinSource, group, one, benchNow)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	const users = 20000
	s, group := benchStore(b, users, users)
	types := schema.Core()
	n := int64(0)
	next := func() int64 { n = (n*7919 + 13) % users; return n + 1 }
	source := directory.BuiltinSource
	page := func(offset int) func(*tx) error {
		q := &directory.ResourceQuery{Source: source, Type: types.TypeByName("User"), Offset: offset, Limit: 100}
		return func(t *tx) error {
			_, err := t.Query(b.Context(), q, func(*directory.Record) error { return nil })
			return err
		}
	}
	for _, c := range []struct {
		name string
		read func(*tx) error
	}{
		{"nothing", func(*tx) error { return nil }},
		{"resource", func(t *tx) error { _, err := t.Resource(b.Context(), source, "User", benchID(next())); return err }},
		{"by name", func(t *tx) error {
			_, err := t.ByName(b.Context(), source, "User", benchUser(next()).Keys.Name)
			return err
		}},
		{"memberships", func(t *tx) error { _, err := t.Memberships(b.Context(), source, benchID(next())); return err }},
		{"first page", page(0)},
		{"last page", page(users - 100)},
		{"20000 members", func(t *tx) error {
			return t.Members(b.Context(), source, group, "", 0, func(directory.Member) error { return nil })
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := s.view(b.Context(), c.read); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
