-- +goose Up
CREATE TABLE admin (
    id            TEXT    NOT NULL PRIMARY KEY,
    username      TEXT    NOT NULL,
    username_key  TEXT    NOT NULL UNIQUE,
    display_name  TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    created       INTEGER NOT NULL,
    last_login    INTEGER NOT NULL
);

CREATE TABLE session (
    hash       BLOB    NOT NULL PRIMARY KEY,
    admin_id   TEXT    NOT NULL,
    created    INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    client_ip  TEXT    NOT NULL,
    user_agent TEXT    NOT NULL
);
CREATE INDEX session_admin ON session (admin_id);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE api_key (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    created    INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    last_used  INTEGER NOT NULL,
    expires    INTEGER NOT NULL
);

CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);

-- +goose Down
DROP TABLE setting;
DROP TABLE api_key;
DROP TABLE session;
DROP TABLE admin;
