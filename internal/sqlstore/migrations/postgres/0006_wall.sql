-- +goose Up

-- The second wall between sources: a session sees the rows of the source that it has in roster.source, all
-- rows when that says all, and none when it says nothing. Policies hold for the tables' owner, too, but
-- neither for a superuser nor for a role with BYPASSRLS. They are written so that the planner makes
-- nothing of them: it takes "is not null" for true of all rows, an equality for true of a hundredth. See
-- docs/adr/0012-second-wall.md.

CREATE FUNCTION scope_source() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(nullif(current_setting('roster.source', true), ''), 'all')::bigint;

-- +goose StatementBegin
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['token', 'definition', 'resource', 'resource_value', 'resource_counter', 'resource_bucket',
        'resource_delta', 'member', 'aside_member', 'erased_group', 'event', 'event_new', 'audit', 'audit_new', 'request',
        'request_activity', 'receiver', 'postponed', 'outcome'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY wall ON %I USING (nullif(coalesce(source_id = scope_source(), current_setting(''roster.source'', true) = ''all''), false) IS NOT NULL)', name);
    END LOOP;
END $$;
-- +goose StatementEnd
ALTER TABLE source ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON source USING (nullif(coalesce(id = scope_source(), current_setting('roster.source', true) = 'all'), false) IS NOT NULL);

-- +goose Down
SELECT 1;
