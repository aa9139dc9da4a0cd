import { UsersIcon } from "@patternfly/react-icons";
import { Link } from "react-router";
import { useUsers } from "../../api/directory";
import type { Query } from "../../api/http";
import type { User } from "../../api/types";
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

/** How the server is asked for the users of a state. */
const stateQuery: Record<string, Query> = {
  active: { active: "true" },
  inactive: { active: "false" },
  deleted: { state: "deleted" },
};

/** The directory's people; with a source, those that it provisioned. */
export function UserTable({ source }: { source?: string }) {
  const list = useListState(source ? ["state"] : ["state", "source"]);
  const sourceFilter = useSourceFilter();
  const { state, ...query } = list.query;
  const users = useUsers({ ...query, ...stateQuery[state ?? ""], ...(source && { source }) });
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
      : { title: "Source", cell: (user) => <SourceLink slug={user.source} />, wrap: "nowrap" },
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
      filters={source ? [stateFilter] : [stateFilter, sourceFilter]}
      empty={source ? <NoUsersOfSource source={source} /> : <NoUsers />}
    />
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
