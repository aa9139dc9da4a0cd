package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/httpx"
)

// Ready tells where a server is reached once it serves.
type Ready struct {
	// URL is the public address without a trailing slash.
	URL string
	// SetupURL is the one-time set-up link; empty when there is an administrator.
	SetupURL string
}

// Timeouts of the server. A client that sends or reads slower than that is cut off.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 5 * time.Minute // a list of big groups may stream for long
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 64 << 10
)

// Serve runs the server until ctx ends, then lets requests in flight finish. onReady is called once,
// when connections are accepted.
func (a *App) Serve(ctx context.Context, s *config.Server, onReady func(Ready)) error {
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	defer listener.Close()
	url := s.PublicURL
	if url == "" {
		url = "http://" + reachable(listener.Addr())
	}
	surface, err := a.surface(s, url)
	if err != nil {
		return err
	}
	servers := []*http.Server{newServer(surface.handler)}
	listeners := []net.Listener{listener}
	if s.MetricsListen != "" {
		l, err := net.Listen("tcp", s.MetricsListen)
		if err != nil {
			return fmt.Errorf("listen on %s for metrics: %w", s.MetricsListen, err)
		}
		defer l.Close()
		servers, listeners = append(servers, newServer(surface.metrics)), append(listeners, l)
	}
	ready, err := a.announce(ctx, url)
	if err != nil {
		return err
	}
	failed := make(chan error, len(servers))
	for i, server := range servers {
		go func() { failed <- server.Serve(httpx.RefuseFolding(server, httpx.AnswerTogether(listeners[i]))) }()
	}
	if a.Store.Bypassed() {
		a.Log.Warn("the database's role is a superuser or has BYPASSRLS, so policies of its tables do not separate sources; use an ordinary role")
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBackground()
	stopped := surface.start(background)
	a.Log.Info("serving", "url", url, "listen", listener.Addr().String())
	onReady(ready)
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	surface.drain()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.ShutdownGrace)
	defer cancel()
	for _, server := range servers {
		if shutdownErr := server.Shutdown(grace); shutdownErr != nil {
			err = errors.Join(err, fmt.Errorf("finish requests in flight: %w", shutdownErr), server.Close())
		}
	}
	stopBackground()
	<-stopped
	a.Log.Info("stopped")
	return err
}

func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
	}
}

// announce remembers the address and makes the set-up link while there is no administrator.
func (a *App) announce(ctx context.Context, url string) (Ready, error) {
	r := Ready{URL: url}
	if err := a.rememberURL(ctx, url); err != nil {
		return r, fmt.Errorf("remember the public URL: %w", err)
	}
	key, err := a.Accounts.NewSetupKey(ctx)
	switch {
	case errors.Is(err, account.ErrSetupDone):
		return r, nil
	case err != nil:
		return r, fmt.Errorf("make the set-up link: %w", err)
	}
	r.SetupURL = url + "/setup?k=" + key
	return r, nil
}

// reachable turns the address of a listener into one that a browser on this machine can open.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return addr.String()
	}
	if tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return tcp.String()
}
