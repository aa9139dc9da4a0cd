package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// tableRows is how many rows of a table share their column widths. A list of a million rows is not kept
// in memory for the sake of its look.
const tableRows = 1000

// listing writes a list as it is read: a JSON array, or a table for people.
type listing struct {
	out   io.Writer
	json  bool
	table *tabwriter.Writer
	count int
}

// list writes what each hands to its callback: an item for JSON, and its row of tab-separated cells.
func (e *environment) list(head string, each func(add func(item any, row string) error) error) error {
	l := &listing{out: e.out, json: e.global.Output == "json", table: tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)}
	if !l.json {
		fmt.Fprintln(l.table, head)
	}
	if err := each(l.add); err != nil {
		return err
	}
	return l.end()
}

func (l *listing) add(item any, row string) error {
	l.count++
	if !l.json {
		if _, err := fmt.Fprintln(l.table, row); err != nil || l.count%tableRows > 0 {
			return err
		}
		return l.table.Flush()
	}
	var text bytes.Buffer
	text.WriteString(",\n  ")
	if l.count == 1 {
		text.Reset()
		text.WriteString("[\n  ")
	}
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("  ", "  ")
	if err := enc.Encode(item); err != nil {
		return err
	}
	_, err := l.out.Write(bytes.TrimRight(text.Bytes(), "\n"))
	return err
}

func (l *listing) end() error {
	if !l.json {
		return l.table.Flush()
	}
	text := "\n]\n"
	if l.count == 0 {
		text = "[]\n"
	}
	_, err := io.WriteString(l.out, text)
	return err
}
