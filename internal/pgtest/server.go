package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startLimit is how long a start may take on a busy machine, recovery after a crash included.
const startLimit = 60 * time.Second

// Options of a server.
type Options struct {
	// Durable servers write to the disk before they acknowledge; others may lose everything with the
	// machine, and are faster.
	Durable bool
	// Settings are further lines of the configuration, such as "max_connections = 20".
	Settings []string
}

// Server is a PostgreSQL server in a folder of its own. It listens on a socket there and on no port.
// Everybody who may open the folder can be its superuser, and is an ordinary role unless asked otherwise.
type Server struct {
	folder string
	bin    string
	owner  *syscall.Credential
	cmd    *exec.Cmd
	exited chan struct{}
}

// Start makes a database cluster and starts a server on it.
func Start(ctx context.Context, opt Options) (*Server, error) {
	bin, err := Binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	// The path of a socket has at most some 100 bytes, so the folder is not below the test's own.
	if s.folder, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	if err := s.initialize(ctx, opt); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	err = s.Restart(ctx)
	if err == nil {
		err = s.Exec(ctx, "postgres", "CREATE ROLE "+role+" LOGIN", "ALTER DATABASE postgres OWNER TO "+role)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Binaries returns the folder of the server's programs: Debian keeps them out of PATH, one folder for
// each version.
func Binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		path, err = filepath.EvalSymlinks(path) // a link may be alone in its folder
		return filepath.Dir(path), err
	}
	newest, version := "", 0
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	for _, path := range found {
		dir := filepath.Dir(path)
		if n, err := strconv.Atoi(filepath.Base(filepath.Dir(dir))); err == nil && n > version {
			newest, version = dir, n
		}
	}
	if newest == "" {
		return "", errors.New("PostgreSQL is not installed: run scripts/setup, or install the package postgresql")
	}
	return newest, nil
}

// initialize makes the cluster. Its collation is not that of bytes, as in most installations.
func (s *Server) initialize(ctx context.Context, opt Options) (err error) {
	if s.owner, err = Disown(s.folder); err != nil {
		return err
	}
	initdb := s.command(ctx, "initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
		"--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	settings := append([]string{
		"listen_addresses = ''", "unix_socket_directories = '" + s.folder + "'", "max_connections = 300",
		"shared_buffers = 64MB", "max_wal_size = 256MB", "log_min_messages = fatal", "timezone = 'UTC'",
	}, opt.Settings...)
	if !opt.Durable {
		settings = append(settings, "fsync = off", "full_page_writes = off")
	}
	f, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("\n" + strings.Join(settings, "\n") + "\n")
	return errors.Join(err, f.Close())
}

// Disown hands a folder to the user that servers run as, and returns that user; nil means the one that
// runs the tests. The server refuses to run as root.
func Disown(folder string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	var u *user.User
	for _, name := range []string{"postgres", "nobody"} {
		if u, _ = user.Lookup(name); u != nil {
			break
		}
	}
	if u == nil {
		return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr, os.Chown(folder, int(uid), int(gid))); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

func (s *Server) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...)
	cmd.Dir = s.folder
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner}
	return cmd
}

// Restart starts the server again after it has ended, and returns when it takes connections.
func (s *Server) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if err := s.launch(); err != nil {
			return err
		}
		for alive := true; alive; {
			if s.answers(ctx) {
				return nil
			}
			select {
			case <-s.exited: // backends of the one that was killed may still hold its memory
				alive = false
			case <-tick.C:
			case <-ctx.Done():
				return errors.Join(fmt.Errorf("PostgreSQL takes no connections after %s:\n%s", startLimit, s.log()), s.Kill())
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL ends at once:\n%s", s.log())
		}
	}
}

func (s *Server) launch() error {
	logFile, err := os.OpenFile(filepath.Join(s.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cmd := s.command(context.Background(), "postgres", "-D", s.data())
	cmd.Stdout, cmd.Stderr = logFile, logFile
	dieWithParent(cmd)
	err = cmd.Start()
	if err = errors.Join(err, logFile.Close()); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	exited := make(chan struct{})
	s.cmd, s.exited = cmd, exited
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	return nil
}

func (s *Server) log() string {
	text, err := os.ReadFile(filepath.Join(s.folder, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4096):])
}

func (s *Server) answers(ctx context.Context) bool {
	conn, err := pgx.Connect(ctx, s.SuperuserURL("postgres"))
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

// role owns the databases. It is an ordinary one: policies of tables hold for it.
const role = "roster"

// URL is how to connect to a database of the server as the role that owns it.
func (s *Server) URL(database string) string { return s.url(database, role) }

// SuperuserURL is how to connect to it as the superuser.
func (s *Server) SuperuserURL(database string) string { return s.url(database, "postgres") }

func (s *Server) url(database, user string) string {
	query := url.Values{"host": {s.folder}, "user": {user}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + query.Encode()
}

// Create makes a database, as a copy of another one, or an empty one of template0.
func (s *Server) Create(ctx context.Context, database, from string) error {
	// Copying files is quicker than logging them: nobody wants the log.
	return s.Exec(ctx, "postgres", "CREATE DATABASE "+database+" OWNER "+role+" TEMPLATE "+from+" STRATEGY file_copy")
}

// Exec runs statements in a database as the superuser, without arguments.
func (s *Server) Exec(ctx context.Context, database string, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.SuperuserURL(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // the statements report what matters
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// Kill ends the server as a power cut would, the machine's caches excepted. Restart starts it again.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Shutdown ends the server as an administrator does who does not wait for its clients. Restart starts
// it again.
func (s *Server) Shutdown() error { return s.end(syscall.SIGINT) }

func (s *Server) end(signal syscall.Signal) error {
	err := s.cmd.Process.Signal(signal)
	<-s.exited
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Close ends the server and removes its folder.
func (s *Server) Close() error { return errors.Join(s.end(syscall.SIGQUIT), os.RemoveAll(s.folder)) }

// PID is the process that the server's others descend from.
func (s *Server) PID() int { return s.cmd.Process.Pid }
