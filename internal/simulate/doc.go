// Package simulate plays identity providers: it sends over HTTP what Microsoft Entra ID, Okta and
// OneLogin send to a SCIM endpoint, quirks included, so that a directory can be seen at work without
// one of them.
//
// It is a client. It knows a base URL and a token, and nothing of the server behind them.
package simulate
