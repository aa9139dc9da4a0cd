package directory

// Check says what is wrong with policies that somebody chose; the error is an *InputError.
func (p Policies) Check() error {
	switch p.Delete {
	case DeleteTombstone, DeleteDeactivate, DeleteErase:
	default:
		return &InputError{Field: "policies.delete", Value: string(p.Delete), Reason: `must be "", "deactivate" or "erase"`}
	}
	switch p.RequestBodies {
	case BodiesKept, BodiesRedacted, BodiesOff:
	default:
		return &InputError{Field: "policies.request_bodies", Value: string(p.RequestBodies), Reason: `must be "", "redacted" or "off"`}
	}
	return nil
}

// PresetGeneric is the preset of a source when none is chosen.
const PresetGeneric = "generic"

// Presets returns the ids of the identity providers that a source can be set up for.
func Presets() []string {
	return []string{PresetGeneric, "entra", "okta", "google", "onelogin", "jumpcloud", "ping", "rippling",
		"keycloak", "authentik", "simulator"}
}

func checkPreset(id string) error {
	for _, p := range Presets() {
		if p == id {
			return nil
		}
	}
	return &InputError{Field: "preset", Value: id, Reason: "is not known; use generic, entra, okta, google or another one of the list of presets"}
}

// PresetPolicies returns the policies that a source begins with when its administrator chose none.
func PresetPolicies(id string) Policies {
	if id == "okta" {
		// Okta's integrations have had trouble with 204 as the answer to a PATCH of a group.
		return Policies{GroupPatchBody: true}
	}
	return Policies{}
}
