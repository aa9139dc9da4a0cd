import { Button } from "@patternfly/react-core";
import { DownloadIcon, UsersIcon } from "@patternfly/react-icons";
import { Link } from "react-router";
import { useUsers } from "../../api/directory";
import { apiAddress, type Query } from "../../api/http";
import type { User } from "../../api/shapes";
import { EmptyState } from "../../components/EmptyState";
import { LinkButton } from "../../components/LinkButton";
import { useListState } from "../../components/listState";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { SourceLink } from "../../components/SourceLink";
import { UserStateLabel } from "../../components/StatusLabels";
import { useSourceFilter } from "../sources/sourceFilter";

const stateFilter = {
  name: "state",
  label: "State",
  options: [
    { value: "active", text: "Active" },
    { value: "inactive", text: "Deactivated" },
    { value: "deleted", text: "Deleted, restorable" },
  ],
};

/** The directory's people; with a source, those that it provisioned. */
export function UserTable({ source }: { source?: string }) {
  const list = useListState(source ? ["state"] : ["state", "source"]);
  const sourceFilter = useSourceFilter();
  const users = useUsers(source ? { ...list.query, source } : list.query);
  const columns: Column<User>[] = [
    {
      title: "Username",
      cell: (user) => (
        <>
          <Link to={`/directory/users/${user.id}`}>{user.user_name}</Link>
          {user.display_name && <span className="roster-muted roster-block">{user.display_name}</span>}
        </>
      ),
      wrap: "breakWord",
    },
    { title: "E-mail", cell: (user) => user.email || "–", wrap: "breakWord" },
    { title: "State", cell: (user) => <UserStateLabel active={user.active} state={user.state} /> },
    source
      ? { title: "ID at the provider", cell: (user) => <code>{user.external_id || "–"}</code>, wrap: "breakWord" }
      : { title: "Source", cell: (user) => <SourceLink slug={user.source} />, wrap: "breakWord" },
    { title: "Last change", cell: (user) => <RelativeTime at={user.updated_at} />, wrap: "nowrap" },
  ];
  return (
    <ResourceTable
      what="users"
      answer={users}
      columns={columns}
      rowKey={(user) => user.id}
      list={list}
      search="Search users"
      actions={<ExportLink query={{ ...list.query, ...(source && { source }) }} />}
      filters={source ? [stateFilter] : [stateFilter, sourceFilter]}
      empty={source ? <NoUsersOfSource source={source} /> : <NoUsers />}
    />
  );
}

/** Downloads what the search and the filters show, all pages of it. */
function ExportLink({ query: { limit, cursor, ...narrowed } }: { query: Query & { limit: number } }) {
  return (
    <Button variant="link" component="a" icon={<DownloadIcon />} href={apiAddress("/users/export.csv", narrowed)} download>
      Export CSV
    </Button>
  );
}

function NoUsers() {
  return (
    <EmptyState icon={UsersIcon} title="No users yet">
      Users come from the identity providers under{" "}
      <Link to="/directory/federation">Federation &amp; Social login</Link>. You can also make one by hand.
    </EmptyState>
  );
}

function NoUsersOfSource({ source }: { source: string }) {
  return (
    <EmptyState
      icon={UsersIcon}
      title="No provisioned users yet"
      action={
        <LinkButton variant="secondary" to={`/directory/federation/${source}/setup`}>
          Open the set-up guide
        </LinkButton>
      }
    >
      The identity provider has not sent a user. Assign people to the application there.
    </EmptyState>
  );
}
