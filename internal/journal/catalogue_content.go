package journal

func content() map[string]entry {
	return map[string]entry{
		"body.not-json": {
			title: "The body is no acceptable JSON",
			cause: "The detail says at which line and column reading ended.",
			fix:   []string{"Correct the client or the template that makes the body."},
		},
		"body.too-large": {
			title: "The body is too large",
			cause: "It exceeds the limit that the ServiceProviderConfig tells.",
			fix:   []string{"Let the client send fewer resources or members at once.", "Have the limit raised."},
		},
		"body.content-type": {
			title: "The media type is not accepted",
			cause: "Bodies are JSON, of the type application/scim+json or application/json.",
			fix:   []string{"Correct the Content-Type that the client sends."},
		},
		"schema.missing-attr": {
			title: "A required attribute is missing",
			cause: "The attribute is absent or empty at the identity provider.",
			fix:   []string{"Fill it in there, or map another attribute to it."},
			byIdP: map[string][]string{"entra": {"Map userName to userPrincipalName."}},
		},
		"schema.unknown-attr": {
			title: "An attribute is in no schema",
			cause: "The source is strict about unknown attributes.",
			fix:   []string{"Register a schema that has the attribute.", "Remove it from the attribute mapping.", "Switch the policy off; unknown extensions are then kept as they are."},
		},
		"schema.wrong-type": {
			title: "A value has the wrong type",
			cause: "The schema defines another type for the attribute.",
			fix:   []string{"Correct the attribute mapping at the identity provider."},
		},
		"schema.too-many-values": {
			title: "An attribute has too many values",
			cause: "The number of values of one attribute is limited.",
			fix:   []string{"Send fewer values."},
		},
		"schema.unmapped-too-large": {
			title: "Too much unknown data",
			cause: "What no schema defines is kept as it is, but only up to a size.",
			fix:   []string{"Remove what is not needed from the attribute mapping.", "Register a schema for it."},
		},
		"schema.immutable": {
			title: "The attribute cannot be changed",
			cause: "It is immutable and has another value already.",
			fix:   []string{"Leave it out of the mapping for updates."},
		},
		"schema.two-primaries": {
			title: "Two values are primary",
			cause: "At most one value of an attribute can be the primary one.",
			fix:   []string{"Correct the mapping so that one value is marked."},
		},
		"uniqueness.user-name": {
			title: "The userName is taken",
			cause: "Another user of this source has it; names are compared without regard to case.",
			fix: []string{"Let the identity provider match the existing user by userName instead of creating one.",
				"Rename or delete the other user."},
		},
		"uniqueness.display-name": {
			title: "The group's name is taken",
			cause: "Another group of this source has it; names are compared without regard to case.",
			fix: []string{"Let the identity provider match the existing group by displayName.", "Rename one of them.",
				"Allow duplicate group names in the policies of the source."},
		},
		"uniqueness.external-id": {
			title: "The externalId belongs to a deactivated user",
			cause: "The policy of the source does not reactivate users by their externalId.",
			fix:   []string{"Reactivate the existing user.", "Allow reactivation in the policies of the source."},
		},
		"uniqueness.value": {
			title: "A value that must be unique is taken",
			cause: "Another resource of this source has it.",
			fix:   []string{"Correct one of the two at the identity provider."},
		},
	}
}

func changes() map[string]entry {
	return map[string]entry{
		"filter.slow": {
			title: "The search takes too long",
			cause: "The filter or the order uses an attribute without an index, and there are very many resources.",
			fix:   []string{"Match by userName, externalId or an e-mail address.", "Register an own schema with an index for the attribute."},
		},
		"filter.syntax": {
			title: "The filter cannot be read",
			cause: "The detail names the place in the filter.",
			fix:   []string{"Correct the filter; values stand in quotation marks."},
		},
		"patch.path": {
			title: "The path names nothing",
			cause: "An operation's path is no attribute of the resource.",
			fix:   []string{"Correct or remove the attribute in the mapping."},
		},
		"patch.no-target": {
			title: "The path selects no value",
			cause: "An operation's filter matches no value, and none can be made of it.",
			fix:   []string{"Check whether the value exists; add it before replacing it."},
		},
		"patch.read-only": {
			title: "The attribute is read-only",
			cause: "An operation writes what only the directory itself may write.",
			fix:   []string{"Remove the attribute from the mapping."},
		},
		"patch.type": {
			title: "An operation's value does not fit",
			cause: "Its type or shape is not that of the attribute.",
			fix:   []string{"Correct the attribute mapping at the identity provider."},
		},
		"member.unknown": {
			title: "A member is not known yet",
			cause: "The group names somebody who was not provisioned to this source.",
			fix:   []string{"Assign the user to the application too, then push the group again."},
			byIdP: map[string][]string{"entra": {"Assign the user, not only the group, or widen the scope."}, "okta": {"Assign the people of the group before pushing it."}},
		},
		"member.value": {
			title: "A member has no id",
			cause: "Each member needs a value: the id that this directory gave to the user or group.",
			fix:   []string{"Correct the client."},
		},
		"member.cycle": {
			title: "Groups would contain each other",
			cause: "The membership would make a group a member of itself.",
			fix:   []string{"Remove one of the memberships named in the detail at the identity provider."},
		},
		"manager.unknown": {
			title: "The manager is not known yet",
			cause: "The manager was not provisioned to this source.",
			fix:   []string{"Assign the manager to the application too."},
		},
		"version.conflict": {
			title: "The resource was changed meanwhile",
			cause: "The client asked for the change of a version that is not the current one any more.",
			fix:   []string{"Nothing: clients read the resource again and repeat the change."},
		},
	}
}

func patterns() map[string]entry {
	return map[string]entry{
		"idp.okta.matching-user": {
			title: "Okta looks people up, but creates nobody",
			cause: "Searches for a userName found nobody, and no creation followed.",
			fix:   []string{"In Okta, open Provisioning, To App, and enable Create, Update and Deactivate Users."},
		},
		"idp.entra.no-scope": {
			title: "Entra ID tests, but provisions nobody",
			cause: "There were only searches: nobody is assigned, or the provisioning status is Off.",
			fix: []string{"Assign users or groups to the enterprise application.", "Set the provisioning status to On.",
				"Try Provision on demand with one user."},
		},
		"idp.entra.quarantine-risk": {
			title: "Entra ID is about to slow down",
			cause: "More than 40 percent of the latest writes failed; Entra ID then quarantines the connection.",
			fix:   []string{"Mend the most frequent failure first, then restart provisioning."},
		},
		"idp.google.catalog": {
			title: "Google Workspace sends nothing",
			cause: "Google provisions only to SAML applications of its catalogue.",
			fix:   []string{"Set up a catalogue application whose provisioning can be pointed at this URL."},
		},
	}
}
