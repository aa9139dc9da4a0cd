package httpx

import "net/http"

// CrossOrigin returns the protection of cookies from other sites: it refuses changes that a browser sends
// on behalf of a page from elsewhere. The public URL is this server even where a proxy changes the Host
// header.
func (o *Origin) CrossOrigin() *http.CrossOriginProtection {
	p := http.NewCrossOriginProtection()
	if o.PublicURL != "" {
		// The settings are checked when the program starts; what is no origin is not trusted either.
		_ = p.AddTrustedOrigin(o.PublicURL)
	}
	return p
}
