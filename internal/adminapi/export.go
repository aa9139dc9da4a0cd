package adminapi

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rosterhq/roster/internal/account"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/httpx"
	"github.com/rosterhq/roster/internal/present"
)

// exportPage is how many users an export reads at once.
const exportPage = 500

type exportQuery struct {
	UserSearch
	Format string `query:"format" enum:"csv,ndjson" default:"csv"`
}

// stream is an answer that is written while it is read.
type stream struct {
	Body func(huma.Context)
}

func (a *api) exportOperations() {
	register(a, operation{id: "export-users", method: "GET", path: "/users/export.csv", access: needs(account.ReadDirectory), tag: "Users",
		summary: "Export users as CSV or as lines of JSON",
		detail: "Streamed. In CSV, cells that a spreadsheet would take for a formula begin with an apostrophe. " +
			"An export that breaks off ends the connection."}, a.exportUsers)
	a.huma.OpenAPI().Paths[prefix+"/users/export.csv"].Get.Responses["200"].Content = map[string]*huma.MediaType{
		"text/csv":             {Schema: &huma.Schema{Type: huma.TypeString}},
		"application/x-ndjson": {Schema: &huma.Schema{Type: huma.TypeString}},
	}
}

func (a *api) exportUsers(ctx context.Context, c *call, in *exportQuery) (*stream, error) {
	s, err := a.chooseUsers(ctx, in.UserSearch)
	if err != nil {
		return nil, err
	}
	return &stream{func(hc huma.Context) {
		hc.SetHeader("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}[in.Format])
		hc.SetHeader("Content-Disposition", `attachment; filename="users.`+in.Format+`"`)
		hc.SetStatus(http.StatusOK)
		if c.r.Method == http.MethodHead {
			return
		}
		if err := a.writeUsers(ctx, c, hc.BodyWriter(), s, in.Format); err != nil {
			if ctx.Err() == nil {
				a.Logger.Error("export of users broke off", "request_id", httpx.RequestID(ctx), "error", err)
			}
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

// userWriter writes users one by one.
type userWriter interface {
	write(u *present.User) error
	// flush hands on what was written, and reports what went wrong so far.
	flush() error
}

func (a *api) writeUsers(ctx context.Context, c *call, w io.Writer, s *selection, format string) error {
	var out userWriter = &jsonLines{jsontext.NewEncoder(w)}
	if format == "csv" {
		table := &csvTable{csv.NewWriter(w)}
		if err := table.w.Write(csvHead()); err != nil {
			return err
		}
		out = table
	}
	sources, err := a.exportedSources(ctx, s)
	if err != nil {
		return err
	}
	for after := (spot{}); ; {
		// The client takes its time outside of the transaction.
		var page []found
		err := a.Store.View(ctx, func(r directory.Reader) (err error) {
			page, err = s.read(ctx, r, sources, after, exportPage)
			return err
		})
		if err != nil {
			return err
		}
		c.unhurried(time.Minute)
		for _, f := range page {
			u, err := present.NewUser(f.Record, f.source.Slug)
			if err != nil {
				return err
			}
			if err := out.write(u); err != nil {
				return err
			}
		}
		if err := out.flush(); err != nil || len(page) < exportPage {
			return err
		}
		last := page[len(page)-1]
		after = spot{last.source.ID, last.Ord}
	}
}

// exportedSources are the sources that have something of a selection, as they are at the beginning. One that gets its
// first user while the export runs is not in it.
func (a *api) exportedSources(ctx context.Context, s *selection) (sources []directory.SourceID, err error) {
	if s.source != nil {
		return []directory.SourceID{s.source.ID}, nil
	}
	err = a.Store.View(ctx, func(r directory.Reader) error {
		sources, _, err = s.holders(ctx, r)
		return err
	})
	return sources, err
}

func csvHead() []string {
	return []string{"id", "source", "user_name", "display_name", "email", "external_id", "active", "state", "created_at", "updated_at"}
}

type csvTable struct{ w *csv.Writer }

func (t *csvTable) write(u *present.User) error {
	row := []string{u.ID, u.Source, u.UserName, u.DisplayName, u.Email, u.ExternalID, strconv.FormatBool(u.Active), u.State,
		timeText(u.CreatedAt), timeText(u.UpdatedAt)}
	for i, cell := range row {
		row[i] = harmless(cell)
	}
	return t.w.Write(row)
}

func (t *csvTable) flush() error {
	t.w.Flush()
	return t.w.Error()
}

// harmless marks a cell that a spreadsheet would run as a formula as text.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) || strings.HasPrefix(strings.TrimLeft(cell, " \u00a0"), "=") {
		return "'" + cell
	}
	return cell
}

type jsonLines struct{ enc *jsontext.Encoder }

func (l *jsonLines) write(u *present.User) error { return encode(l.enc, u) }

func (l *jsonLines) flush() error { return nil }
