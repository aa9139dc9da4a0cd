-- +goose Up

-- Memberships set aside because the member is a tombstone.
CREATE TABLE aside_member (
    source_id   BIGINT NOT NULL,
    member_id   TEXT COLLATE "C" NOT NULL,
    group_id    TEXT COLLATE "C" NOT NULL,
    member_type TEXT COLLATE "C" NOT NULL,
    added       BIGINT NOT NULL,
    PRIMARY KEY (source_id, member_id, group_id)
);
CREATE INDEX aside_member_group ON aside_member (source_id, group_id);

-- Groups that were erased while their memberships are still being removed, some at a time.
CREATE TABLE erased_group (
    source_id BIGINT NOT NULL,
    group_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (source_id, group_id)
);

-- indexed tells that the resources from before a schema was registered are in its indexes.
ALTER TABLE definition ADD COLUMN indexed BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
SELECT 1;
