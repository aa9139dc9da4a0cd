package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/scim"
)

type schemaCommands struct {
	Add schemaAdd `cmd:"" help:"Register a schema from its JSON document."`
}

type schemaAdd struct {
	File     string `arg:"" help:"The Schema document; - for standard input."`
	Source   string `help:"Slug of the only source that has it; every source by default."`
	Resource string `help:"Resource type that the schema extends, such as User or Group; none for the schema of a new type."`
}

// Run implements the command.
func (c *schemaAdd) Run(ctx context.Context, e *environment) error {
	doc, err := readDocument(e.in, c.File)
	if err != nil {
		return err
	}
	return e.with(ctx, func(a *app.App) error {
		source, err := a.SourceID(ctx, c.Source)
		if err != nil {
			return named(err, "source", c.Source)
		}
		s, err := a.Definitions.AddSchema(ctx, doc, source, c.Resource, cause())
		if err != nil {
			return err
		}
		if err := settle(ctx); err != nil {
			return err
		}
		return e.print(map[string]string{"id": s.ID}, func(w io.Writer) { fmt.Fprintf(w, "Schema %s was registered.\n", s.ID) })
	})
}

type resourceTypeCommand struct {
	Add resourceTypeAdd `cmd:"" help:"Register a resource type from its JSON document."`
}

type resourceTypeAdd struct {
	File   string `arg:"" help:"The ResourceType document; - for standard input."`
	Source string `help:"Slug of the only source that has it; every source by default."`
}

// Run implements the command.
func (c *resourceTypeAdd) Run(ctx context.Context, e *environment) error {
	doc, err := readDocument(e.in, c.File)
	if err != nil {
		return err
	}
	return e.with(ctx, func(a *app.App) error {
		source, err := a.SourceID(ctx, c.Source)
		if err != nil {
			return named(err, "source", c.Source)
		}
		t, err := a.Definitions.AddResourceType(ctx, doc, source, cause())
		if err != nil {
			return err
		}
		if err := settle(ctx); err != nil {
			return err
		}
		return e.print(map[string]string{"name": t.Name, "endpoint": t.Endpoint}, func(w io.Writer) {
			fmt.Fprintf(w, "Resource type %s is served at %s.\n", t.Name, t.Endpoint)
		})
	})
}

// readDocument reads one JSON object from a file or from standard input.
func readDocument(in io.Reader, file string) (scim.Object, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	content, err := io.ReadAll(io.LimitReader(in, 16<<20))
	if err != nil {
		return nil, err
	}
	doc, err := scim.DecodeObject(content, scim.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return doc, nil
}
