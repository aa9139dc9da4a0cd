package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"unsafe"

	sqlite3 "modernc.org/sqlite/lib"
)

// diskSync makes writes to files last (fdatasync) without a thread that waits for the disk: the kernel does
// it (Linux AIO, io_submit(2)) and counts in an eventfd, which the runtime waits for as it does for a
// connection. The goroutine that syncs holds none of the runtime's processors meanwhile, so that others run
// on even where there is one only.
type diskSync struct {
	context uintptr // aio_context_t
	event   uint32  // the eventfd
	ended   *os.File
	// busy is held from begin to wait, which another goroutine may call: ends are not told apart.
	busy sync.Mutex
}

// See linux/aio_abi.h. Fields without a name are zero, the two that change places with the byte order among them.
type (
	ioControl struct {
		_      uint64 // data
		_      [2]uint32
		opcode uint16
		_      int16 // priority
		file   uint32
		_      [4]uint64 // buffer, bytes, offset, reserved
		flags  uint32
		notify uint32
	}
	ioEvent struct {
		data, control   uint64
		result, result2 int64
	}
)

const (
	ioDataSync = 3 // IOCB_CMD_FDSYNC
	ioNotifies = 1 // IOCB_FLAG_RESFD
)

// newDiskSync fails where the kernel, or what it is confined by, does not allow it.
func newDiskSync() (*diskSync, error) {
	d := &diskSync{}
	if _, _, errno := syscall.Syscall(syscall.SYS_IO_SETUP, 1, uintptr(unsafe.Pointer(&d.context)), 0); errno != 0 {
		return nil, os.NewSyscallError("io_setup", errno)
	}
	fd, _, errno := syscall.Syscall(syscall.SYS_EVENTFD2, 0, syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if errno != 0 {
		return nil, errors.Join(os.NewSyscallError("eventfd2", errno), d.destroy())
	}
	d.event, d.ended = uint32(fd), os.NewFile(fd, "eventfd")
	return d, nil
}

// begin has what was written to a file of SQLite's put on the disk, once the sync before has ended. It fails with
// errNotBegun.
func (d *diskSync) begin(file uintptr) error {
	d.busy.Lock()
	control := &ioControl{opcode: ioDataSync, file: uint32(descriptorOf(file)), flags: ioNotifies, notify: d.event}
	list := [1]*ioControl{control}
	n, _, errno := syscall.Syscall(syscall.SYS_IO_SUBMIT, d.context, 1, uintptr(unsafe.Pointer(&list)))
	if errno != 0 || n != 1 {
		d.busy.Unlock()
		return fmt.Errorf("%w: %w", errNotBegun, os.NewSyscallError("io_submit", errno))
	}
	return nil
}

// wait returns when the sync that was begun has ended, or why that is not known.
func (d *diskSync) wait() error {
	defer d.busy.Unlock()
	var count [8]byte
	if _, err := d.ended.Read(count[:]); err != nil {
		return fmt.Errorf("wait for the disk: %w", err)
	}
	var event ioEvent
	for {
		n, _, errno := syscall.Syscall6(syscall.SYS_IO_GETEVENTS, d.context, 1, 1, uintptr(unsafe.Pointer(&event)), 0, 0)
		switch {
		case errno == syscall.EINTR:
		case errno != 0 || n != 1:
			return fmt.Errorf("wait for the disk: %w", os.NewSyscallError("io_getevents", errno))
		case event.result < 0:
			return os.NewSyscallError("fdatasync", syscall.Errno(-event.result))
		default:
			return nil
		}
	}
}

func (d *diskSync) destroy() error {
	_, _, errno := syscall.Syscall(syscall.SYS_IO_DESTROY, d.context, 0, 0)
	if errno != 0 {
		return os.NewSyscallError("io_destroy", errno)
	}
	return nil
}

func (d *diskSync) close() error { return errors.Join(d.ended.Close(), d.destroy()) }

// syncsFolder tells that SQLite will sync the file's folder with the file, as it does once for a new one.
func syncsFolder(file uintptr) bool {
	return (*sqlite3.TunixFile)(foreign(file)).FctrlFlags&sqlite3.UNIXFILE_DIRSYNC != 0
}
