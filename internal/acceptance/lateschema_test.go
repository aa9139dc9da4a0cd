package acceptance

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An extension that clients sent before it was registered is found by its indexes afterwards; it cannot be
// registered while two users have a value that is to be unique.
func TestSchema_RegisteredAfterTheDataCame(t *testing.T) {
	onEachEngine(t, func(t *testing.T) {
		source := newSource(t)
		const urn = "urn:example:params:late:2.0:User"
		file := filepath.Join(t.TempDir(), "late.json")
		doc := `{"id":"` + urn + `","name":"Late","attributes":[
			{"name":"badge","type":"string","uniqueness":"server"},
			{"name":"serial","type":"string","mutability":"immutable","indexed":true}]}`
		if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
		register := func() error {
			return theServer(t).Run(t.Context(), nil, "schema", "add", file, "--source", source.Slug, "--resource", "User")
		}
		c := talk{t, source}
		ada := c.create("/Users", `"`+urn+`":{"badge":"B7","serial":"s1"}`)
		bob := c.create("/Users", `"`+urn+`":{"badge":"b7"}`)
		c.find("/Users", urn+`:badge eq "b7"`).wantError(400, "invalidFilter")
		err := register()
		if err == nil {
			t.Fatal("a value that two users have became unique")
		}
		for _, part := range []string{urn + ":badge", ada.text("id"), bob.text("id")} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v does not name %s", err, part)
			}
		}
		c.get("/Schemas/" + urn).want(404)
		c.send("DELETE", bob.path("/Users"), "").want(204)
		if err := register(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*visibleWithin)
		defer cancel()
		err = Poll(ctx, func() (bool, error) {
			ex, err := theServer(t).Client().Do(ctx, scimGet(source.Base(), source.Token, "/Schemas/"+urn))
			return ex.Answer.Status == 200, err
		})
		if err != nil {
			t.Fatal(err)
		}
		c.find("/Users", urn+`:badge eq "b7"`).want(200).is("totalResults", 1).is("Resources/0/id", ada.text("id"))
		c.find("/Users", urn+`:serial sw "S"`).want(200).is("totalResults", 1)
		c.send("POST", "/Users", newThing("/Users", "again", `"`+urn+`":{"badge":"B7"}`)).wantError(409, "uniqueness")
		c.patch(ada.path("/Users"), `{"op":"replace","path":"`+urn+`:serial","value":"s2"}`).wantError(400, "mutability")
		c.patch(ada.path("/Users"), `{"op":"replace","path":"`+urn+`:badge","value":"C1"}`).want(200).is(urn+"/badge", "C1")
		c.send("POST", "/Users", newThing("/Users", "heir", `"`+urn+`":{"badge":"b7"}`)).want(201)
	})
}
