package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/scim"
	"github.com/rosterhq/roster/scim/schema"
)

// Run tests the stores that open makes. Each test gets an empty one of its own for all sources, which open
// closes when the test ends.
func Run(t *testing.T, open func(t *testing.T) directory.Store) {
	for name, test := range map[string]func(*fixture){
		"sources":                            testSources,
		"a source with resources stays":      testDeleteSource,
		"tokens":                             testTokens,
		"definitions":                        testDefinitions,
		"events":                             testEvents,
		"audit":                              testAudit,
		"resources":                          testResources,
		"updates of resources":               testUpdate,
		"unique names":                       testNames,
		"unique values":                      testValues,
		"a race for one name has one winner": testNameRace,
		"sources do not see each other":      testIsolation,
		"a failed update leaves nothing":     testRollback,
		"a duplicate leaves nothing":         testDuplicateLeavesNothing,
		"a view is a snapshot":               testSnapshot,
		"a peek sees what is committed":      testPeek,
		"concurrent updates":                 testConcurrentUpdates,
		"counts of all sources":              testCountBySource,
		"members":                            testMembers,
		"many members":                       testManyMembers,
		"nested groups":                      testNestedGroups,
		"deep groups":                        testDeepGroups,
		"tombstones":                         testTombstones,
		"tombstones of both ends":            testTombstonesOfBothEnds,
		"a restore meets a taken name":       testRestoreTaken,
		"erasing":                            testErase,
		"moving":                             testMove,
		"paging":                             testPaging,
		"paging behind deletions":            testPagingWithHoles,
		"searching":                          testSearch,
		"listing tombstones":                 testListTombstones,
		"filters agree with their evaluator": testFilters,
		"filters agree with the vectors":     testVectors,
		"the largest filters":                testLargestFilters,
		"orders agree with a sort in memory": testOrders,
		"random histories keep invariants":   testHistories,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fixture{T: t, Store: open(t), registry: schema.Core()}
			all := f.Store
			test(f)
			CheckInvariants(t, all)
		})
	}
}

// fixture is a store under test with short ways to fill it.
type fixture struct {
	*testing.T
	directory.Store
	registry *schema.Registry
	ids      atomic.Int64
	users    atomic.Int64
}

// start is the time of the first change; every change in a test comes a second later than the one
// before where it matters.
var start = time.Date(2026, 1, 31, 8, 30, 0, 123456000, time.UTC)

func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func (f *fixture) view(fn func(directory.Reader) error) {
	f.Helper()
	if err := f.View(f.Context(), fn); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) update(fn func(directory.Writer) error) {
	f.Helper()
	if err := f.Update(f.Context(), fn); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) userType() *schema.ResourceType  { return f.registry.TypeByName(directory.UserType) }
func (f *fixture) groupType() *schema.ResourceType { return f.registry.TypeByName(directory.GroupType) }

// source makes a source.
func (f *fixture) source(slug string) directory.SourceID {
	f.Helper()
	s := &directory.Source{Slug: slug, Name: "Source " + slug, Enabled: true, CreatedAt: start, UpdatedAt: start}
	f.update(func(w directory.Writer) error { return w.InsertSource(f.Context(), s) })
	return s.ID
}

// alone makes a source, and narrows the store to it for the rest of the test.
func (f *fixture) alone(slug string) directory.SourceID {
	f.Helper()
	id := f.source(slug)
	f.Store = f.In(id)
	return id
}

// nextID returns an id of its own; ids grow.
func (f *fixture) nextID() directory.ResourceID {
	return directory.ResourceID(fmt.Sprintf("0195ffff-0000-7000-8000-%012x", f.ids.Add(1)))
}

// record makes a record of a canonical object.
func record(source directory.SourceID, t *schema.ResourceType, id directory.ResourceID, obj scim.Object, now time.Time) *directory.Record {
	body := scim.Clone(obj)
	body["id"] = string(id)
	body["schemas"] = []any{t.Schema.ID}
	r := &directory.Record{Source: source, Type: t.Name, ID: id, Version: 1, Created: now, Modified: now,
		Active: t.Name != directory.UserType || body["active"] == true,
		Keys:   directory.KeysOf(t, directory.Policies{}, body), Label: directory.LabelOf(body)}
	r.Body = t.AppendJSON(nil, body)
	return r
}

// user inserts a user; a userName is made up when obj has none.
func (f *fixture) user(source directory.SourceID, obj scim.Object) *directory.Record {
	f.Helper()
	r := f.newUser(source, obj)
	f.update(func(w directory.Writer) error { return w.InsertResource(f.Context(), r) })
	return r
}

func (f *fixture) newUser(source directory.SourceID, obj scim.Object) *directory.Record {
	all := scim.Object{"userName": fmt.Sprintf("user%d@example.com", f.users.Add(1)), "active": true}
	for k, v := range obj {
		all[k] = v
	}
	return record(source, f.userType(), f.nextID(), all, start)
}

// group inserts a group with members.
func (f *fixture) group(source directory.SourceID, name string, members ...directory.ResourceID) *directory.Record {
	f.Helper()
	r := record(source, f.groupType(), f.nextID(), scim.Object{"displayName": name}, start)
	f.update(func(w directory.Writer) error {
		if err := w.InsertResource(f.Context(), r); err != nil {
			return err
		}
		_, err := w.AddMembers(f.Context(), source, r.ID, members, start)
		return err
	})
	return r
}

// wantErr fails unless err matches target.
func (f *fixture) wantErr(what string, err, target error) {
	f.Helper()
	if !errors.Is(err, target) {
		f.Errorf("%s: got %v, want %v", what, err, target)
	}
}

func (f *fixture) wantDuplicate(what string, err error, path string, holder directory.ResourceID) {
	f.Helper()
	var dup *directory.DuplicateError
	if !errors.As(err, &dup) || dup.Path != path || dup.Holder != holder {
		f.Errorf("%s: got %v, want a duplicate of %s held by %s", what, err, path, holder)
	}
}
