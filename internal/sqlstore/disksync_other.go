//go:build !linux

package sqlstore

import "errors"

// diskSync is for Linux.
type diskSync struct{}

func newDiskSync() (*diskSync, error) { return nil, errors.ErrUnsupported }

func (*diskSync) begin(uintptr) error { return errNotBegun }

func (*diskSync) wait() error { return errNotBegun }

func (*diskSync) close() error { return nil }

func syncsFolder(uintptr) bool { return true }
