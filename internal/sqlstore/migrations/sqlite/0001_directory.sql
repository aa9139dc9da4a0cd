-- +goose Up

CREATE TABLE source (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    slug                 TEXT    NOT NULL UNIQUE,
    name                 TEXT    NOT NULL,
    preset               TEXT    NOT NULL,
    enabled              BOOLEAN NOT NULL,
    paused               BOOLEAN NOT NULL,
    service_account_id   TEXT    NOT NULL,
    service_account_name TEXT    NOT NULL,
    policies             TEXT    NOT NULL, -- JSON
    created              INTEGER NOT NULL,
    updated              INTEGER NOT NULL
);

CREATE TABLE token (
    id        TEXT    NOT NULL PRIMARY KEY,
    source_id INTEGER NOT NULL,
    label     TEXT    NOT NULL,
    last4     TEXT    NOT NULL,
    mac       BLOB    NOT NULL,
    sealed    BLOB,
    created   INTEGER NOT NULL,
    last_used INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    revoked   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX token_source ON token (source_id, created);

-- Schemas and resource types; source_id 0 applies to all sources.
CREATE TABLE definition (
    seq          INTEGER PRIMARY KEY,
    source_id    INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    extends_type TEXT    NOT NULL,
    document     BLOB    NOT NULL,
    created      INTEGER NOT NULL,
    UNIQUE (source_id, kind, name)
);

-- Users, groups and other resources, tombstones included (deleted <> 0).
CREATE TABLE resource (
    row_id       INTEGER PRIMARY KEY,
    source_id    INTEGER NOT NULL,
    type         TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    ord          INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    modified     INTEGER NOT NULL,
    active       BOOLEAN NOT NULL,
    deleted      INTEGER NOT NULL,
    members      INTEGER NOT NULL, -- the number of rows in member with this group
    name_key     TEXT    NOT NULL,
    name_slot    INTEGER NOT NULL, -- 0 claims name_key for this resource alone, else ord
    external_id  TEXT    NOT NULL,
    display_key  TEXT    NOT NULL,
    label        TEXT    NOT NULL,
    body         BLOB    NOT NULL
);
-- The label is in the index so that a list of members does not read the wide rows.
CREATE INDEX resource_id ON resource (id, source_id, type, deleted, label);
-- Creation order; the time of creation rides along, because it almost follows it.
CREATE INDEX resource_ord ON resource (source_id, type, ord, created) WHERE deleted = 0;
CREATE UNIQUE INDEX resource_name ON resource (source_id, type, name_key, name_slot) WHERE deleted = 0;
CREATE INDEX resource_external ON resource (source_id, type, external_id, ord) WHERE deleted = 0 AND external_id <> '';
CREATE INDEX resource_display ON resource (source_id, type, display_key, ord) WHERE deleted = 0 AND display_key <> '';
CREATE INDEX resource_modified ON resource (source_id, type, modified, ord) WHERE deleted = 0;
CREATE INDEX resource_inactive ON resource (source_id, type, ord) WHERE deleted = 0 AND active = FALSE;
CREATE INDEX resource_tombstone ON resource (source_id, type, ord) WHERE deleted <> 0;
CREATE INDEX resource_expiry ON resource (deleted) WHERE deleted <> 0;

-- The further indexed values of resources. Those of a tombstone stay with live = FALSE.
CREATE TABLE resource_value (
    source_id INTEGER NOT NULL,
    type      TEXT    NOT NULL,
    ord       INTEGER NOT NULL,
    path      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    uniq      BOOLEAN NOT NULL,
    live      BOOLEAN NOT NULL,
    PRIMARY KEY (source_id, type, ord, path, key)
) WITHOUT ROWID;
CREATE INDEX resource_value_key ON resource_value (source_id, type, path, key, ord) WHERE live = TRUE;
CREATE UNIQUE INDEX resource_value_unique ON resource_value (source_id, type, path, key) WHERE uniq = TRUE AND live = TRUE;

-- The next ord and the number of live resources of a source and type.
CREATE TABLE resource_counter (
    source_id INTEGER NOT NULL,
    type      TEXT    NOT NULL,
    live      INTEGER NOT NULL,
    next_ord  INTEGER NOT NULL,
    PRIMARY KEY (source_id, type)
) WITHOUT ROWID;

-- How many live resources lie in each stretch of ord (see counter.go), so that an offset is found
-- without counting rows.
CREATE TABLE resource_bucket (
    source_id INTEGER NOT NULL,
    type      TEXT    NOT NULL,
    bucket    INTEGER NOT NULL,
    live      INTEGER NOT NULL,
    PRIMARY KEY (source_id, type, bucket)
) WITHOUT ROWID;

CREATE TABLE member (
    source_id   INTEGER NOT NULL,
    group_id    TEXT    NOT NULL,
    member_id   TEXT    NOT NULL,
    member_type TEXT    NOT NULL,
    added       INTEGER NOT NULL,
    PRIMARY KEY (source_id, group_id, member_id)
) WITHOUT ROWID;
CREATE INDEX member_reverse ON member (source_id, member_id, group_id);

-- Memberships set aside because one end, buried_id, is a tombstone; other_id is the other end.
CREATE TABLE buried_member (
    source_id   INTEGER NOT NULL,
    buried_id   TEXT    NOT NULL,
    other_id    TEXT    NOT NULL,
    is_group    BOOLEAN NOT NULL, -- whether buried_id is the group
    member_type TEXT    NOT NULL,
    added       INTEGER NOT NULL,
    PRIMARY KEY (source_id, buried_id, other_id, is_group)
) WITHOUT ROWID;
CREATE INDEX buried_member_other ON buried_member (source_id, other_id);

CREATE TABLE event (
    seq             INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL,
    source_id       INTEGER NOT NULL,
    type            TEXT    NOT NULL,
    occurred        INTEGER NOT NULL,
    subject_type    TEXT    NOT NULL,
    subject_id      TEXT    NOT NULL,
    subject_version INTEGER NOT NULL,
    cause_kind      TEXT    NOT NULL,
    request_id      TEXT    NOT NULL,
    actor_id        TEXT    NOT NULL,
    actor_name      TEXT    NOT NULL,
    client_ip       TEXT    NOT NULL,
    changes         BLOB,
    data            BLOB
);
CREATE INDEX event_source ON event (source_id, seq);

CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    action      TEXT    NOT NULL,
    source_id   INTEGER NOT NULL,
    object_type TEXT    NOT NULL,
    object_id   TEXT    NOT NULL,
    object_name TEXT    NOT NULL,
    cause_kind  TEXT    NOT NULL,
    request_id  TEXT    NOT NULL,
    actor_id    TEXT    NOT NULL,
    actor_name  TEXT    NOT NULL,
    client_ip   TEXT    NOT NULL,
    detail      BLOB,
    hash        BLOB    NOT NULL
);
CREATE INDEX audit_object ON audit (object_id, seq);
CREATE INDEX audit_source ON audit (source_id, seq);

-- The planner is told what a large directory looks like, once and for all: the plans of this program's
-- statements neither depend on what was counted when nor change between machines. The numbers are the
-- rows of an index and, for each more of its columns, how many rows share one value.
ANALYZE source;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('resource', 'resource_id', '1000000 1 1 1 1 1'),
    ('resource', 'resource_ord', '1000000 100000 50000 1 1'),
    ('resource', 'resource_name', '1000000 100000 50000 2 1'),
    ('resource', 'resource_external', '1000000 100000 50000 2 1'),
    ('resource', 'resource_display', '1000000 100000 50000 2 1'),
    ('resource', 'resource_modified', '1000000 100000 50000 10 1'),
    ('resource', 'resource_inactive', '100000 10000 5000 1'),
    ('resource', 'resource_tombstone', '10000 1000 500 1'),
    ('resource', 'resource_expiry', '10000 10'),
    ('resource_value', 'resource_value', '1000000 100000 50000 2 2 1'),
    ('resource_value', 'resource_value_key', '1000000 100000 50000 50000 2 1'),
    ('resource_value', 'resource_value_unique', '10000 1000 500 500 1'),
    ('member', 'member', '1000000 100000 200 1'),
    ('member', 'member_reverse', '1000000 100000 10 1'),
    ('buried_member', 'buried_member', '10000 1000 10 1 1'),
    ('buried_member', 'buried_member_other', '10000 1000 10'),
    ('event', 'event_source', '1000000 100000 1'),
    ('audit', 'audit_object', '1000000 5 1'),
    ('audit', 'audit_source', '1000000 100000 1');
