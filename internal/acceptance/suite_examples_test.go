package acceptance

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
)

// The schemas that the documentation offers can be registered as it says, and do what they are for.
func TestExamples_OfSchemas(t *testing.T) {
	t.Parallel()
	source := newSource(t)
	for _, args := range [][]string{
		{"schema", "add", "hr.json", "--resource", "User"}, {"schema", "add", "device.json"}, {"schema", "add", "device-ethernet.json"}, {"schema", "add", "device-ble.json"},
		{"resource-type", "add", "device-type.json"},
	} {
		file, err := filepath.Abs("../../docs/examples/" + args[2])
		if err != nil {
			t.Fatal(err)
		}
		if err := theServer(t).Run(t.Context(), nil, append([]string{args[0], args[1], file, "--source", source.Slug}, args[3:]...)...); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*visibleWithin)
	defer cancel()
	err := Poll(ctx, func() (bool, error) {
		ex, err := theServer(t).Client().Do(ctx, scimGet(source.Base(), source.Token, "/Devices"))
		return ex.Answer.Status == http.StatusOK, err
	})
	if err != nil {
		t.Fatal(err)
	}
	const ethernet, ble = "urn:ietf:params:scim:schemas:extension:ethernet-mab:2.0:Device", "urn:ietf:params:scim:schemas:extension:ble:2.0:Device"
	const device, hr = "urn:ietf:params:scim:schemas:core:2.0:Device", "urn:example:params:scim:schemas:extension:hr:2.0:User"
	converse(t, source, []requirement{
		{"R-EXT-01 a device by its address", func(c talk) {
			c.get("/ResourceTypes/Device").want(200).is("endpoint", "/Devices").is("schemaExtensions/1/schema", ble)
			body := `{"schemas":["` + device + `","` + ethernet + `"],"displayName":"Printer","active":true,"mudUrl":"https://maker.example/printer","` + ethernet + `":{"deviceMacAddress":"2C:54:91:88:C9:E2"}}`
			d := c.send("POST", "/Devices", body).want(201).is("meta/resourceType", "Device")
			c.send("POST", "/Devices", body).wantError(409, "uniqueness")
			c.find("/Devices", ethernet+`:deviceMacAddress eq "2c:54:91:88:c9:e2"`).want(200).is("totalResults", 1).is("Resources/0/id", d.text("id"))
			c.patch(d.path("/Devices"), `{"op":"replace","path":"active","value":false}`).want(200).is("active", false)
			c.send("POST", "/Devices", `{"schemas":["`+device+`"],"displayName":"x"}`).wantError(400, "invalidValue")
			c.send("POST", "/Devices", `{"schemas":["`+device+`","`+ble+`"],"active":true,"`+ble+`":{"deviceMacAddress":"00:00:00:00:00:01"}}`).wantError(400, "invalidValue")
			c.send("POST", "/Devices", `{"schemas":["`+device+`","`+ble+`"],"active":true,"`+ble+`":{"deviceMacAddress":"00:00:00:00:00:01","versionSupport":["5.3"],"irk":"k",
				"pairingMethods":["urn:ietf:params:scim:schemas:extension:pairingNull:2.0:Device"]}}`).want(201).is(ble+"/irk", nil)
			c.send("DELETE", d.path("/Devices"), "").want(204)
		}},
		{"an employee", func(c talk) {
			u := c.create("/Users", `"`+hr+`":{"hireDate":"2026-01-31T00:00:00Z","badgeNumber":"B7","fullTimeEquivalent":0.5,"workLocation":{"site":"HQ","floor":3},"costCenters":[{"value":"4711","share":1,"primary":true}],"socialSecurityNumber":"65 123"}`)
			c.get(u.path("/Users")).want(200).is(hr+"/socialSecurityNumber", nil).is(hr+"/fullTimeEquivalent", 0.5)
			c.get(u.path("/Users")+"?attributes="+hr+":socialSecurityNumber").want(200).is(hr+"/socialSecurityNumber", "65 123")
			c.find("/Users", hr+`:costCenters[value eq "4711" and share eq 1] and `+hr+`:hireDate lt "2026-02-01T00:00:00Z"`).want(200).is("totalResults", 1)
			c.get("/Users?sortBy="+hr+":workLocation.floor").want(200).is("totalResults", 1)
			c.send("POST", "/Users", newThing("/Users", "again", `"`+hr+`":{"badgeNumber":"B7"}`)).wantError(409, "uniqueness")
			c.patch(u.path("/Users"), `{"op":"replace","path":"`+hr+`:workLocation.floor","value":4}`).want(200).is(hr+"/workLocation/floor", 4)
		}},
	})
}
