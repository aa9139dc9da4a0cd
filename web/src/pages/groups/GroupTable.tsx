import { UsersIcon } from "@patternfly/react-icons";
import { Link } from "react-router";
import { useGroups } from "../../api/directory";
import type { Group } from "../../api/shapes";
import { EmptyState } from "../../components/EmptyState";
import { count } from "../../components/format";
import { useListState } from "../../components/listState";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { SourceLink } from "../../components/SourceLink";
import { useSourceFilter } from "../sources/sourceFilter";

const stateFilter = {
  name: "state",
  label: "State",
  options: [{ value: "deleted", text: "Deleted, restorable" }],
};

/** The directory's groups; with a source, those that it provisioned. */
export function GroupTable({ source }: { source?: string }) {
  const list = useListState(source ? ["state"] : ["state", "source"]);
  const sourceFilter = useSourceFilter();
  const groups = useGroups(source ? { ...list.query, source } : list.query);
  const columns: Column<Group>[] = [
    {
      title: "Name",
      cell: (group) => <Link to={`/directory/groups/${group.id}`}>{group.display_name || group.id}</Link>,
      wrap: "breakWord",
    },
    { title: "Members", cell: (group) => count(group.member_count) },
    source
      ? { title: "ID at the provider", cell: (group) => <code>{group.external_id || "–"}</code>, wrap: "breakWord" }
      : { title: "Source", cell: (group) => <SourceLink slug={group.source} />, wrap: "breakWord" },
    { title: "Last change", cell: (group) => <RelativeTime at={group.updated_at} />, wrap: "nowrap" },
  ];
  return (
    <ResourceTable
      what="groups"
      answer={groups}
      columns={columns}
      rowKey={(group) => group.id}
      list={list}
      search="Search groups"
      filters={source ? [stateFilter] : [stateFilter, sourceFilter]}
      empty={
        <EmptyState icon={UsersIcon} title={source ? "No provisioned groups yet" : "No groups yet"}>
          {source
            ? "The identity provider has not sent a group. Most send groups only when told to, as with Push Groups in Okta."
            : "Groups come from the identity providers. You can also make one by hand."}
        </EmptyState>
      }
    />
  );
}
