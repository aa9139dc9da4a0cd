package adminapi

func keycloak() preset {
	return preset{"keycloak", "Keycloak", "By a SCIM client extension of Keycloak.", []guidance{
		{"Install a SCIM client", "Keycloak needs an extension that sends SCIM, installed into its `providers` folder. Build Keycloak again and restart it."},
		{"Connect it", "In the realm add the extension, as **User federation** or **Events** according to its manual.\nSCIM endpoint: {{url}}\nContent type: `application/scim+json`\nAuthentication: bearer, with the token {{token}}"},
		{"Choose what to send", "Switch the propagation of users and of groups on, and a periodic full sync if the extension has one."},
		{"Try it", "Change one person in Keycloak and look at the **Requests** tab of this source."},
	}}
}

func authentik() preset {
	return preset{"authentik", "authentik", "SCIM provider as a backchannel of an application.", []guidance{
		{"Make the provider", "Open **Applications**, **Providers**, **Create**, and choose **SCIM Provider**.\nURL: {{url}}\nToken: {{token}}\nLeave the compatibility mode at its default, and the property mappings as they are."},
		{"Add it to an application", "Edit or create an application and choose the provider under **Backchannel Providers**. Without an application authentik sends nothing."},
		{"Choose whom to send", "Set **User filtering** in the provider if service accounts are to stay out or only one group is to be sent."},
		{"Start the sync", "Open the provider and press **Run sync again**. Later changes are sent as they happen."},
	}}
}

func generic() preset {
	return preset{"generic", "Generic SCIM 2.0", "Any client that speaks SCIM 2.0 (RFC 7644).", []guidance{
		{"Enter the two values", "Base URL: {{url}}\nToken: {{token}}\nThe client sends the token as `Authorization: Bearer <token>`. If it appends `/v2` to the base URL by itself, leave that part out."},
		{"Match people", "Clients find people with filters on `userName`, `externalId` or `emails.value`, and groups with `displayName`. Both PATCH and PUT change them; lists are paged by `startIndex` and `count` or by cursors, at most 1,000 at a time."},
		{"Check it by hand", "Copy the token into the variable TOKEN of a shell, then read the configuration:\n`curl -H \"Authorization: Bearer $TOKEN\" <base URL>/ServiceProviderConfig`\nThe checklist beside this guide ticks as soon as the request arrives."},
		{"Send the first person", "`curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/scim+json' -d '{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"ada@example.com\"}' <base URL>/Users`"},
	}}
}

func simulator() preset {
	return preset{"simulator", "Simulator", "Sample people, sent by Roster's own client. Nothing else is needed.", []guidance{
		{"Run it", "On the machine of this server run\n`roster simulate entra --source <slug>`\nwith the slug of this source. It plays an identity provider: it connects, creates people and groups, and changes some."},
		{"Or play it by hand", "Base URL: {{url}}\nToken: {{token}}\nEvery SCIM client can use these two values."},
		{"Clean up", "Delete the source with its users when you have seen enough."},
	}}
}
