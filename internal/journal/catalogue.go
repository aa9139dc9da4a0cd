package journal

// entry is what is known about one rule. Cause is a sentence or two; a fix is a step that somebody can
// take, and fixes for the preset of the source come first.
type entry struct {
	title string
	cause string
	fix   []string
	byIdP map[string][]string
}

// catalogue returns the entry of a rule.
func catalogue(rule string) (entry, bool) {
	for _, part := range []map[string]entry{reaching(), authentication(), sourceState(), content(), changes(), patterns()} {
		if e, ok := part[rule]; ok {
			return e, true
		}
	}
	return entry{}, false
}

func reaching() map[string]entry {
	return map[string]entry{
		"net.never-reached": {
			title: "Nothing has reached this URL yet",
			cause: "No request has arrived since the source was made.",
			fix: []string{"Check that the public URL, its certificate chain and the firewall let the identity provider in.",
				"Run the built-in simulator: if it works, this side is fine."},
			byIdP: map[string][]string{"okta": {"Allow Okta's addresses through the firewall."}},
		},
		"path.no-v2": {
			title: "The base URL must end in /v2",
			cause: "The request went to a path without /v2.",
			fix:   []string{"Copy the base URL of the source again; it ends in /v2."},
		},
		"path.doubled": {
			title: "A part of the path is there twice",
			cause: "The base URL already contains /v2 or the name of the endpoint, and the client added it again.",
			fix:   []string{"Remove the repetition from the base URL configured at the identity provider."},
			byIdP: map[string][]string{"entra": {"Correct the Tenant URL."}, "okta": {"Correct the SCIM connector base URL."}},
		},
		"path.unknown": {
			title: "There is no such endpoint",
			cause: "The path names no resource type of this source.",
			fix:   []string{"Check the base URL.", "If the client wants a resource type of its own, register it first."},
		},
		"path.unknown-slug": {
			title: "No source has this slug",
			cause: "The source in the URL does not exist; it was renamed, deleted or mistyped.",
			fix:   []string{"Copy the base URL of the source again.", "Rename the source back if its slug was changed."},
		},
		"method.unsupported": {
			title: "The endpoint does not take this method",
			cause: "The request's method is not defined for this path.",
			fix:   []string{"Check the client's settings; a path without the id of a resource is the usual reason."},
		},
		"resource.not-found": {
			title: "The resource does not exist",
			cause: "The id names nothing in this source: it was deleted, or it belongs to another source.",
			fix:   []string{"Let the identity provider look the resource up again by name.", "Restore it if it was deleted by mistake."},
			byIdP: map[string][]string{"entra": {"Restart provisioning: Entra ID then matches everybody anew."}},
		},
	}
}

func authentication() map[string]entry {
	return map[string]entry{
		"auth.missing": {
			title: "The identity provider sent no token",
			cause: "The request had no Authorization header.",
			fix:   []string{"Enter the token of the source at the identity provider."},
			byIdP: map[string][]string{"okta": {"Set the authentication mode to HTTP Header and paste the token."}, "entra": {"Fill in Secret Token."}},
		},
		"auth.scheme": {
			title: "The token is malformed",
			cause: "The Authorization header is not the word Bearer, one space and a token.",
			fix:   []string{"Paste the token alone, without the word Bearer, without spaces or line breaks around it."},
		},
		"auth.unknown": {
			title: "The token is not one of this directory",
			cause: "It was mistyped, cut off, or belongs to another installation.",
			fix:   []string{"Compare its last four characters with those shown for the source.", "Copy the token again, or rotate it."},
		},
		"auth.expired": {
			title: "The token has expired",
			cause: "Its time is over, or the overlap of a rotation has ended.",
			fix:   []string{"Copy the current token to the identity provider.", "Rotate the token if there is no current one."},
		},
		"auth.revoked": {
			title: "The token was revoked",
			cause: "An administrator ended it, or replaced it by a new one.",
			fix:   []string{"Copy the current token to the identity provider."},
		},
		"auth.wrong-source": {
			title: "The token belongs to another source",
			cause: "Token and base URL come from two different sources.",
			fix:   []string{"Take base URL and token from the page of one source."},
		},
		"auth.wrong-kind": {
			title: "This is a key of another kind",
			cause: "An API key of the administrators' API was used on a SCIM endpoint.",
			fix:   []string{"Use the token of the source, which begins with rst_."},
		},
	}
}

func sourceState() map[string]entry {
	return map[string]entry{
		"source.paused": {
			title: "Provisioning is paused",
			cause: "An administrator paused or disabled the source; requests are answered with 503 until it is resumed.",
			fix:   []string{"Resume or enable the source. Nothing is lost for identity providers that retry."},
			byIdP: map[string][]string{"entra": {"Restart provisioning after resuming."}, "okta": {"Push groups again and re-run failed tasks after resuming."}},
		},
		"rate.limited": {
			title: "Too many requests at once",
			cause: "More requests of this source were waiting than the limit allows.",
			fix:   []string{"Nothing, as long as the client retries after the time in Retry-After.", "Raise the limit if it happens often."},
		},
		"internal": {
			title: "This service failed",
			cause: "An error of the service or its database; the change was rolled back as a whole.",
			fix:   []string{"Retry.", "Look for the request id in the server's log."},
		},
		"store.busy": {
			title: "The database is busy",
			cause: "More writes were waiting than the database can take, or its disk is full; nothing was changed.",
			fix:   []string{"Retry after the time in Retry-After.", "Check the disk of the server."},
		},
	}
}
