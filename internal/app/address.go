package app

import (
	"context"
	"errors"

	"github.com/rosterhq/roster/internal/account"
)

// addressSetting remembers under which address the directory is served, so that commands beside the
// server print the same links.
const addressSetting = "public-url"

// defaultAddress is where a directory that was never served would be.
const defaultAddress = "http://127.0.0.1:8080"

// PublicURL returns the address under which this directory is, or was last, served.
func (a *App) PublicURL(ctx context.Context) (string, error) {
	url := defaultAddress
	err := a.Store.ViewAccounts(ctx, func(r account.Reader) error {
		kept, err := r.Setting(ctx, addressSetting)
		if errors.Is(err, account.ErrNotFound) {
			return nil
		}
		if err == nil {
			url = string(kept)
		}
		return err
	})
	return url, err
}

func (a *App) rememberURL(ctx context.Context, url string) error {
	return a.Store.UpdateAccounts(ctx, func(w account.Writer) error {
		return w.PutSetting(ctx, addressSetting, []byte(url))
	})
}
