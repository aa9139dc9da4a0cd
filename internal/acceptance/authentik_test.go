package acceptance

import "testing"

// authentikDiffers are cases that Roster answers otherwise on purpose: the statuses of the step that
// differs (counted from 1), whose other expectations then do not hold.
var authentikDiffers = map[string]struct {
	step   int
	status []int
	why    string
}{
	"managed-members-only-own": {1, []int{201}, "an unknown member is left out and noted in the request record; the policy that refuses it is a choice"},
}

// authentikAbsent are features that a case requires and Roster does not have.
var authentikAbsent = map[string]string{
	"delete_policy=unlink":     "a source's deletions leave a tombstone, deactivate or erase; nothing is unlinked",
	"match_mode=username_link": "nothing is matched across sources",
}

func TestAuthentik_Cases(t *testing.T) { onEachEngine(t, testAuthentikCases) }

func testAuthentikCases(t *testing.T) {
	cases, err := LoadAuthentik("testdata/authentik/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	differing := 0
	for _, c := range cases {
		absent := false
		for _, feature := range c.Requires {
			absent = absent || authentikAbsent[feature] != ""
		}
		if absent {
			continue
		}
		if d, ok := authentikDiffers[c.ID]; ok {
			differing++
			c.Steps[d.step-1].Expect = AuthentikExpect{Status: d.status}
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			server := theServer(t)
			player := &AuthentikPlayer{Client: server.Client(), Admin: RosterAdministration{server, theAPIKey(t)}}
			if err := player.Play(t.Context(), &c); err != nil {
				t.Error(err)
			}
		})
	}
	if differing != len(authentikDiffers) {
		t.Errorf("%d cases differ on purpose, %d are listed", differing, len(authentikDiffers))
	}
}
