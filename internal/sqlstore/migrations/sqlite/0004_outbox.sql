-- +goose Up

-- Receivers of events, and how far each of them is. source_id 0 means all sources.
CREATE TABLE receiver (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    source_id     INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    audience      TEXT    NOT NULL,
    secret        BLOB,
    token_hash    BLOB,
    payload       TEXT    NOT NULL,
    events        TEXT    NOT NULL, -- URIs, separated by spaces
    enabled       BOOLEAN NOT NULL,
    created       INTEGER NOT NULL,
    event_seq     INTEGER NOT NULL,
    outcome_seq   INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    next_attempt  INTEGER NOT NULL,
    last_success  INTEGER NOT NULL,
    last_failure  INTEGER NOT NULL,
    last_error    TEXT    NOT NULL,
    lease_owner   TEXT    NOT NULL,
    lease_until   INTEGER NOT NULL
) WITHOUT ROWID;

-- Tokens that a receiver refused for good.
CREATE TABLE receiver_failure (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver_id TEXT    NOT NULL,
    jti         TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    UNIQUE (receiver_id, jti)
);

-- What a poll receiver acknowledged beyond its position.
CREATE TABLE receiver_ack (
    receiver_id TEXT    NOT NULL,
    outcome     BOOLEAN NOT NULL,
    number      INTEGER NOT NULL,
    PRIMARY KEY (receiver_id, outcome, number)
) WITHOUT ROWID;

-- Postponed requests, oldest first.
CREATE TABLE postponed (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id   INTEGER NOT NULL,
    txn         TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    cause_kind  TEXT    NOT NULL,
    actor_id    TEXT    NOT NULL,
    actor_name  TEXT    NOT NULL,
    client_ip   TEXT    NOT NULL,
    request     BLOB    NOT NULL, -- JSON
    started     INTEGER NOT NULL,
    started_seq INTEGER NOT NULL,
    lease_owner TEXT    NOT NULL,
    lease_until INTEGER NOT NULL
);
CREATE INDEX postponed_source ON postponed (source_id, id);

-- What became of postponed requests, one row for each operation.
CREATE TABLE outcome (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    txn       TEXT    NOT NULL,
    content   BLOB    NOT NULL -- JSON
);
CREATE INDEX outcome_source ON outcome (source_id, txn);

-- +goose Down
DROP TABLE outcome;
DROP TABLE postponed;
DROP TABLE receiver_ack;
DROP TABLE receiver_failure;
DROP TABLE receiver;
