-- +goose Up

-- Request records, oldest first by seq. source_id is 0 for requests to no known source.
CREATE TABLE request (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT    NOT NULL UNIQUE,
    at            INTEGER NOT NULL,
    source_id     INTEGER NOT NULL,
    slug          TEXT    NOT NULL,
    token_id      TEXT    NOT NULL,
    token_label   TEXT    NOT NULL,
    client        TEXT    NOT NULL,
    remote_ip     TEXT    NOT NULL,
    method        TEXT    NOT NULL,
    path          TEXT    NOT NULL,
    query         TEXT    NOT NULL,
    status        INTEGER NOT NULL,
    scim_type     TEXT    NOT NULL,
    detail        TEXT    NOT NULL,
    rule          TEXT    NOT NULL,
    action        TEXT    NOT NULL,
    is_write      BOOLEAN NOT NULL,
    resource_type TEXT    NOT NULL,
    resource_id   TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    outcome       TEXT    NOT NULL,
    duration      INTEGER NOT NULL, -- microseconds
    notes         TEXT    NOT NULL, -- JSON, or empty
    search        TEXT    NOT NULL, -- what a search looks into, as comparison keys
    request_body  BLOB,
    response_body BLOB
);
CREATE INDEX request_source ON request (source_id, seq);
CREATE INDEX request_write ON request (source_id, seq) WHERE is_write = TRUE;
CREATE INDEX request_resource ON request (resource_id, seq) WHERE resource_id <> '';

-- The milestones of each source; 0 means never.
CREATE TABLE request_activity (
    source_id        INTEGER NOT NULL PRIMARY KEY,
    first_request    INTEGER NOT NULL,
    last_request     INTEGER NOT NULL,
    first_authorized INTEGER NOT NULL,
    last_rejected    INTEGER NOT NULL,
    first_discovery  INTEGER NOT NULL,
    first_user       INTEGER NOT NULL,
    first_group      INTEGER NOT NULL,
    last_write       INTEGER NOT NULL,
    last_failure     INTEGER NOT NULL
);

-- +goose Down
DROP TABLE request_activity;
DROP TABLE request;
