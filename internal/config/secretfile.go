package config

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// SecretFiles lets every environment variable named here be given as <NAME>_FILE, the path of a file
// with the value. A flag or the variable itself wins.
func SecretFiles(names ...string) kong.Option {
	return kong.Resolvers(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, env := range flag.Envs {
			for _, name := range names {
				if env != name || os.Getenv(env) != "" {
					continue
				}
				path := os.Getenv(env + "_FILE")
				if path == "" {
					continue
				}
				value, err := os.ReadFile(path)
				if err != nil {
					return nil, fmt.Errorf("%s_FILE: %w", env, err)
				}
				return strings.TrimSpace(string(value)), nil
			}
		}
		return nil, nil
	}))
}
