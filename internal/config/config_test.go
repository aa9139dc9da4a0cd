package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"
)

func TestMasterKey_MadeOnceAndKept(t *testing.T) {
	t.Parallel()
	g := Global{DataDir: filepath.Join(t.TempDir(), "data")}
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			key, err := g.MasterKey()
			if err != nil {
				t.Errorf("MasterKey: %v", err)
			}
			keys[i] = key
		})
	}
	wg.Wait()
	for _, key := range keys {
		if len(key) != MasterKeySize || !bytes.Equal(key, keys[0]) {
			t.Fatalf("processes that start together must agree on one key, got %x and %x", key, keys[0])
		}
	}
	left, err := filepath.Glob(filepath.Join(g.DataDir, ".secret.key-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary key files were left: %v, %v", left, err)
	}
}

func TestMasterKey_Refusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, content string
		mode          os.FileMode
		want          string
	}{
		{"world-readable", strings.Repeat("ab", 32), 0o644, "chmod 600"},
		{"too short", "abcd", 0o600, "64 hexadecimal digits"},
		{"empty", "", 0o600, "64 hexadecimal digits"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := Global{DataDir: t.TempDir()}
			path := filepath.Join(g.DataDir, "secret.key")
			if err := os.WriteFile(path, []byte(tt.content), tt.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			if _, err := g.MasterKey(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("MasterKey error = %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestMasterKey_FromSetting(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("0f", 32), "Dw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8="} {
		g := Global{DataDir: filepath.Join(t.TempDir(), "unused"), SecretKey: text}
		key, err := g.MasterKey()
		if err != nil || !bytes.Equal(key, bytes.Repeat([]byte{0x0f}, 32)) {
			t.Errorf("MasterKey(%q) = %x, %v", text, key, err)
		}
		if _, err := os.Stat(g.DataDir); err == nil {
			t.Error("a given key must not touch the data folder")
		}
	}
}

func TestServerValidate(t *testing.T) {
	t.Parallel()
	for _, u := range []string{"directory.example.com", "ftp://x", "https://", "https://x/?a=b", "https://u:p@x"} {
		if err := (&Server{PublicURL: u}).Validate(); err == nil {
			t.Errorf("public URL %q was accepted", u)
		}
	}
	s := &Server{PublicURL: "https://directory.example.com/", TrustedProxies: []string{"10.0.0.0/8", "::1"}}
	if err := s.Validate(); err != nil || s.PublicURL != "https://directory.example.com" {
		t.Errorf("Validate = %v, public URL %q", err, s.PublicURL)
	}
	if err := (&Server{TrustedProxies: []string{"nonsense"}}).Validate(); err == nil {
		t.Error("a trusted proxy that is no address was accepted")
	}
}

func TestSecretFiles_FileTwin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(file, []byte("sqlite:///from-file.db\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	parse := func(args ...string) Global {
		var g Global
		p, err := kong.New(&g, SecretFiles("ROSTER_DATABASE_URL"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Parse(args); err != nil {
			t.Fatal(err)
		}
		return g
	}
	t.Setenv("ROSTER_DATABASE_URL_FILE", file)
	if got := parse().DatabaseURL; got != "sqlite:///from-file.db" {
		t.Errorf("file twin: database URL %q", got)
	}
	if got := parse("--database-url", "sqlite:///flag.db").DatabaseURL; got != "sqlite:///flag.db" {
		t.Errorf("flag beside file twin: database URL %q", got)
	}
	t.Setenv("ROSTER_DATABASE_URL", "sqlite:///env.db")
	if got := parse().DatabaseURL; got != "sqlite:///env.db" {
		t.Errorf("variable beside file twin: database URL %q", got)
	}
}
