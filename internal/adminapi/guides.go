package adminapi

// The guides name menus as the providers' consoles do. Where a console was renamed, the older name
// follows in the text.

func entra() preset {
	return preset{"entra", "Microsoft Entra ID", "Enterprise application with automatic provisioning.", []guidance{
		{"Create the application", "In the Entra admin center open **Enterprise apps**, choose **New application**, then **Create your own application**. Name it and keep **Integrate any other application you don't find in the gallery (Non-gallery)**."},
		{"Connect it", "Open **Provisioning** and choose **New configuration** (older portals: set **Provisioning Mode** to **Automatic**).\nTenant URL: {{url}}\nSecret token: {{token}}\nDo not write the word Bearer before the token. Press **Test connection**, then **Create** or **Save**."},
		{"Check the attribute mapping", "Under **Attribute mapping** open the mapping of users. Keep `userName` from `userPrincipalName` and `active` from the switch expression. Change `externalId` to come from `objectId` and give it matching precedence 1. Leave the mapping of groups on if groups are to come along."},
		{"Choose scope and safety", "In **Settings** choose the scope **Sync only assigned users and groups**, enter a **Notification Email**, and switch **Prevent accidental deletion** on with a threshold that fits you."},
		{"Assign people", "Under **Users and groups** assign who is to be provisioned. Groups need an Entra ID P1 or P2 licence; members of nested groups are not included."},
		{"Try one person, then start", "Use **Provision on demand** with one assigned person: the result shows here at once. Then choose **Start provisioning**. A cycle runs about every 40 minutes, so use **Provision on demand** whenever you want to see a change."},
		{"If it goes into quarantine", "Entra ID slows down when many requests fail. Open the first failing request on the **Requests** tab of this source, repair what it says, and choose **Restart provisioning**."},
	}}
}

func okta() preset {
	return preset{"okta", "Okta", "SCIM provisioning from an Okta app integration.", []guidance{
		{"Choose the app", "In the Okta admin console open **Applications** and **Browse App Catalog**, and add **SCIM 2.0 Test App (Header Auth)**. An own SAML or SWA app with **Enable SCIM provisioning** works as well; an OpenID Connect app cannot carry SCIM."},
		{"Connect it", "Open **Provisioning**, choose **Configure API Integration** and tick **Enable API integration**.\nBase URL: {{url}}\nAPI token: {{token}}\nIn an own app also set the unique identifier field to `userName` and the authentication mode to **HTTP Header**."},
		{"Test and save", "Press **Test API Credentials**, then **Save**."},
		{"Switch on what is to be sent", "Under **Provisioning**, **To App**, choose **Edit** and enable **Create Users**, **Update User Attributes** and **Deactivate Users**. If **Create Users** stays off, Okta reports “Matching user not found” for everybody."},
		{"Assign people", "Under **Assignments** assign people or groups. Okta sends them at once."},
		{"Push groups", "Assigned groups only decide who gets in. To have groups here too, add them under **Push Groups**."},
		{"Good to know", "Okta sends changes as they happen and has no full resync: to send something again, push the group again, or remove the assignment and add it. It deactivates people and never deletes them."},
	}}
}

func google() preset {
	return preset{"google", "Google Workspace", "Only by way of a catalogue app, or of another identity provider.", []guidance{
		{"Know the limits", "Google provisions to apps of its own catalogue only: a custom SAML app has no field for a SCIM address. Groups are not sent."},
		{"Way 1: another identity provider", "If you use Entra ID, Okta or authentik beside Google Workspace, let that one read Google and provision here. This is the dependable way; choose its preset."},
		{"Way 2: a catalogue app with an editable address", "Open **Apps**, **Web and mobile apps**, **Add app**, **Search for apps**, and pick one whose **Autoprovisioning** asks for an endpoint URL and a token.\nEndpoint URL: {{url}}\nAccess token: {{token}}\nGoogle supports this for the named product only and may change it."},
		{"Map attributes and scope", "Map `userName` to the primary e-mail, choose the organisational units or groups in scope, and set what happens when access ends. Then activate autoprovisioning."},
	}}
}

func oneLogin() preset {
	return preset{"onelogin", "OneLogin", "SCIM Provisioner app of the OneLogin catalogue.", []guidance{
		{"Add the app", "Open **Applications**, **Add App**, and search for **SCIM Provisioner with SAML (SCIM v2 Enterprise)**."},
		{"Connect it", "Open **Configuration**.\nSCIM Base URL: {{url}}\nSCIM Bearer Token: {{token}}\nPress **Enable** beside **API Connection**."},
		{"Keep the parameters", "Under **Parameters** keep `userName` and `externalId`. Tick **Include in User Provisioning** for **Groups** if groups are to come along."},
		{"Switch provisioning on", "Under **Provisioning** tick **Enable provisioning**. For deleted users choose **Suspend** to keep people inactive here."},
		{"Give access", "Under **Access** choose roles, or add the app to people. Approve what waits under **Users** if approval is on."},
	}}
}

func jumpCloud() preset {
	return preset{"jumpcloud", "JumpCloud", "Custom application with identity management.", []guidance{
		{"Add the application", "Open **SSO Applications**, **Add New Application**, and choose **Custom Application**. Tick **Manage users and/or groups in this application**."},
		{"Connect it", "Open the tab **Identity Management** and choose **API Type** SCIM API, **SCIM Version** 2.0.\nBase URL: {{url}}\nToken key: {{token}}\nEnter the address of a test user that does not exist here yet, and press **Test Connection**."},
		{"Activate", "Press **Activate**. Switch **Group Management** on if groups are to come along."},
		{"Give access", "Under **User Groups** connect the groups whose people are to be provisioned."},
	}}
}

func ping() preset {
	return preset{"ping", "PingOne or PingFederate", "Outbound provisioning connection.", []guidance{
		{"PingOne: make a connection", "Open **Integrations**, **Provisioning**, add a **New Connection**, choose **Identity Store** and then **SCIM Outbound**.\nSCIM Base URL: {{url}}\nAuthentication method: **OAuth 2 Bearer Token**\nToken: {{token}}\nChoose SCIM version 2.0 and press **Test Connection**."},
		{"PingOne: make a rule", "Add a **Rule** from PingOne to the connection, with a filter for who is to be provisioned. Map `userName` and `externalId`, and add groups if wanted. Switch connection and rule on."},
		{"PingFederate", "In an SP connection enable **Outbound Provisioning** of type **SCIM 2.0**.\nSCIM URL: {{url}}\nAuthentication method: **OAuth 2 Bearer Token**\nAccess token: {{token}}\nMap `userName`, choose the source and activate the connection."},
	}}
}

func rippling() preset {
	return preset{"rippling", "Rippling", "Custom integration with user provisioning.", []guidance{
		{"Make the integration", "In Rippling's IT management make a **Custom app** and choose **SCIM** for user provisioning."},
		{"Connect it", "SCIM base URL: {{url}}\nAuthentication: bearer token\nToken: {{token}}\nTest the connection and continue."},
		{"Match and provision", "Keep the work e-mail as `userName`. Choose the access rules that say who gets an account, match people who are here already, and start."},
	}}
}
