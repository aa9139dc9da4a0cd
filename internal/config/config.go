package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Global are the settings of every command.
type Global struct {
	DataDir     string `name:"data-dir" env:"ROSTER_DATA_DIR" default:"./roster-data" placeholder:"DIR" help:"Folder of the database and of the secret key."`
	DatabaseURL string `name:"database-url" env:"ROSTER_DATABASE_URL" placeholder:"URL" help:"sqlite:///path/roster.db or postgres://user@host/database; by default the file roster.db in the data folder. Prefer ROSTER_DATABASE_URL_FILE for one with a password."`
	SecretKey   string `name:"secret-key" env:"ROSTER_SECRET_KEY" placeholder:"KEY" help:"Master key, 64 hexadecimal digits or base64 of 32 bytes; by default the file secret.key in the data folder, made on first use. Prefer ROSTER_SECRET_KEY_FILE."`
	Output      string `name:"output" short:"o" env:"ROSTER_OUTPUT" enum:"text,json" default:"text" help:"Form of the output: text or json."`
}

// Database returns the URL of the database to open.
func (g *Global) Database() string {
	if g.DatabaseURL != "" {
		return g.DatabaseURL
	}
	return "sqlite://" + filepath.Join(g.DataDir, "roster.db")
}

// Server are the settings of `roster serve`.
type Server struct {
	Listen         string        `env:"ROSTER_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address to listen on."`
	PublicURL      string        `name:"public-url" env:"ROSTER_PUBLIC_URL" placeholder:"URL" help:"How browsers and identity providers reach this server, such as https://directory.example.com. Links are made from it."`
	MetricsListen  string        `name:"metrics-listen" env:"ROSTER_METRICS_LISTEN" placeholder:"ADDR" help:"Serve /metrics on its own address instead of the main one."`
	TrustedProxies []string      `name:"trusted-proxies" env:"ROSTER_TRUSTED_PROXIES" placeholder:"CIDR,…" help:"Address ranges of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."`
	EgressAllow    []string      `name:"egress-allow" env:"ROSTER_EGRESS_ALLOW" placeholder:"CIDR,…" help:"Address ranges of receivers of events that may be private; by default only public addresses are called."`
	EgressHTTP     bool          `name:"egress-http" env:"ROSTER_EGRESS_HTTP" help:"Let receivers of events be called over plain http."`
	LogLevel       string        `name:"log-level" env:"ROSTER_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"Least level to log: debug, info, warn or error."`
	LogFormat      string        `name:"log-format" env:"ROSTER_LOG_FORMAT" enum:"auto,text,json" default:"auto" help:"Form of log lines: text, json, or auto (text on a terminal)."`
	ShutdownGrace  time.Duration `name:"shutdown-grace" env:"ROSTER_SHUTDOWN_GRACE" default:"10s" placeholder:"DURATION" help:"How long requests in flight may take after SIGTERM."`
	Limits         Limits        `embed:"" prefix:"limit-" envprefix:"ROSTER_LIMIT_" group:"Limits"`
	ConsoleDir     string        `name:"console-dir" env:"ROSTER_CONSOLE_DIR" hidden:"" help:"Serve the console from this folder instead of the embedded one (development)."`
}

// Validate checks what the flag parser cannot. Its errors say what to write instead.
func (s *Server) Validate() error {
	if s.PublicURL != "" {
		u, err := url.Parse(s.PublicURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return fmt.Errorf("public URL %q: write scheme and host, such as https://directory.example.com", s.PublicURL)
		}
		s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	}
	if err := s.Limits.Validate(); err != nil {
		return err
	}
	if _, err := s.Proxies(); err != nil {
		return err
	}
	_, err := s.Egress()
	return err
}

// Proxies parses TrustedProxies; a single address stands for itself.
func (s *Server) Proxies() ([]netip.Prefix, error) {
	return ranges("trusted proxy", s.TrustedProxies)
}

// Egress parses EgressAllow; a single address stands for itself.
func (s *Server) Egress() ([]netip.Prefix, error) { return ranges("egress range", s.EgressAllow) }

func ranges(what string, texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, p := range texts {
		p = strings.TrimSpace(p)
		if a, err := netip.ParseAddr(p); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			return nil, fmt.Errorf("%s %q: write an address or a range such as 10.0.0.0/8", what, p)
		}
		out = append(out, prefix)
	}
	return out, nil
}
