package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// bundle holds the application's files in memory, compressed once.
type bundle struct{ files map[string]*file }

type file struct {
	contentType string
	plain, gzip []byte
	etag        string
}

func newBundle(tree fs.FS) (*bundle, error) {
	b := &bundle{files: make(map[string]*file)}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		f := &file{contentType: mime.TypeByExtension(path.Ext(name)), plain: content, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
		if f.contentType == "" {
			f.contentType = "application/octet-stream"
		}
		if f.gzip, err = compress(content); err != nil {
			return err
		}
		b.files[name] = f
		return nil
	})
	return b, err
}

// compress returns the gzip form, or nil where it saves nothing.
func compress(content []byte) ([]byte, error) {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if buf.Len() >= len(content) {
		return nil, nil
	}
	return buf.Bytes(), nil
}

func (b *bundle) has(name string) bool { return b.files[name] != nil }

// serve answers with a file that has. Names below assets/ contain a hash of their content and may be
// kept for ever; everything else is checked each time.
func (b *bundle) serve(w http.ResponseWriter, r *http.Request, name string) {
	f := b.files[name]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", f.etag)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == f.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content := f.plain
	if f.gzip != nil && takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		content = f.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method != http.MethodHead {
		w.Write(content) //nolint:errcheck // the client went away
	}
}

// takesGzip reads an Accept-Encoding header: gzip is named, and not with a quality of zero (RFC 9110
// §12.5.3).
func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, quality, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(quality), "q="), 64)
		return err != nil || q > 0
	}
	return false
}
