//go:build !linux

package sqlstore

import "errors"

func descriptorOf(uintptr) uintptr { return 0 }

func sizeOf(uintptr) (int64, error) { return 0, errors.ErrUnsupported }

func mapFile(uintptr, int64, int64) ([]byte, error) { return nil, errors.ErrUnsupported }

func readPage(uintptr, []byte, int64) bool { return false }

func evict([]byte) {}

func unmap([]byte) error { return nil }

type residency struct{}

func newResidency() (*residency, error) { return nil, errors.ErrUnsupported }

func (*residency) bytes() int64 { return 0 }

func (*residency) close() error { return nil }
