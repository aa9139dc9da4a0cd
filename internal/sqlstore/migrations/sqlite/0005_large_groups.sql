-- +goose Up

-- The memberships of a buried group stay where they are: its burial costs the same however large it is.
INSERT INTO member (source_id, group_id, member_id, member_type, added)
    SELECT b.source_id, b.buried_id, b.other_id, b.member_type, b.added
    FROM buried_member b JOIN resource r ON r.id = b.other_id AND r.source_id = b.source_id AND r.deleted = 0
    WHERE b.is_group = TRUE
    ON CONFLICT (source_id, group_id, member_id) DO NOTHING;
UPDATE resource SET members = (SELECT count(*) FROM member m WHERE m.source_id = resource.source_id AND m.group_id = resource.id)
    WHERE deleted <> 0 AND type = 'Group';

-- Memberships set aside because the member is a tombstone.
CREATE TABLE aside_member (
    source_id   INTEGER NOT NULL,
    member_id   TEXT    NOT NULL,
    group_id    TEXT    NOT NULL,
    member_type TEXT    NOT NULL,
    added       INTEGER NOT NULL,
    PRIMARY KEY (source_id, member_id, group_id)
) WITHOUT ROWID;
CREATE INDEX aside_member_group ON aside_member (source_id, group_id);
INSERT INTO aside_member (source_id, member_id, group_id, member_type, added)
    SELECT b.source_id, CASE WHEN b.is_group THEN b.other_id ELSE b.buried_id END,
        CASE WHEN b.is_group THEN b.buried_id ELSE b.other_id END, b.member_type, b.added
    FROM buried_member b
    WHERE b.is_group = FALSE OR EXISTS (SELECT 1 FROM resource r WHERE r.id = b.other_id AND r.deleted <> 0)
    ON CONFLICT (source_id, member_id, group_id) DO NOTHING;
DROP TABLE buried_member;

-- Groups that were erased while their memberships are still being removed, some at a time.
CREATE TABLE erased_group (
    source_id INTEGER NOT NULL,
    group_id  TEXT    NOT NULL,
    PRIMARY KEY (source_id, group_id)
) WITHOUT ROWID;

-- indexed tells that the resources from before a schema was registered are in its indexes.
ALTER TABLE definition ADD COLUMN indexed BOOLEAN NOT NULL DEFAULT FALSE;

DELETE FROM sqlite_stat1 WHERE tbl = 'buried_member';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('aside_member', 'aside_member', '10000 1000 10 1'),
    ('aside_member', 'aside_member_group', '10000 1000 10');
