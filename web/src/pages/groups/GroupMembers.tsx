import { PageSection } from "@patternfly/react-core";
import { useState } from "react";
import { Link } from "react-router";
import { useMembers, useMembership } from "../../api/directory";
import type { Member } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { EmptyState } from "../../components/EmptyState";
import { useListState } from "../../components/listState";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { useToasts } from "../../components/Toasts";
import { AddMember } from "./AddMember";
import { useThisGroup } from "./GroupPage";

const isGroup = (member: Member) => member.type.toLowerCase() === "group";

const columns: Column<Member>[] = [
  {
    title: "Member",
    cell: (member) => (
      <Link to={`/directory/${isGroup(member) ? "groups" : "users"}/${member.id}`}>{member.display || member.id}</Link>
    ),
    wrap: "breakWord",
  },
  { title: "Type", cell: (member) => (isGroup(member) ? "Group" : "User") },
];

/** Who is in the group. Members of groups made by hand can be changed here; the rest is the provider's to change. */
export function GroupMembers() {
  const group = useThisGroup();
  const list = useListState([]);
  const [adding, setAdding] = useState(false);
  const own = group.source === "built-in";
  const add = own && (
    <ActionButton needs="change users and groups" variant="secondary" onClick={() => setAdding(true)}>
      Add member
    </ActionButton>
  );
  return (
    <PageSection>
      <ResourceTable
        what="members"
        answer={useMembers(group.id, list.query)}
        columns={own ? [...columns, removal(group.id)] : columns}
        rowKey={(member) => member.id}
        list={list}
        search="Search members"
        actions={add}
        empty={
          <EmptyState title="No members" action={add}>
            Nobody is in this group.
          </EmptyState>
        }
      />
      {adding && <AddMember group={group} onClose={() => setAdding(false)} />}
    </PageSection>
  );
}

const removal = (group: string): Column<Member> => ({
  title: "Actions",
  hiddenTitle: true,
  cell: (member) => <Remove group={group} member={member} />,
});

function Remove({ group, member }: { group: string; member: Member }) {
  const membership = useMembership(group);
  const toasts = useToasts();
  const name = member.display || member.id;
  return (
    <ActionButton
      needs="change users and groups"
      variant="link"
      isInline
      isDanger
      aria-label={`Remove ${name}`}
      isLoading={membership.isPending}
      onClick={() =>
        membership.mutate(
          { act: "remove", user: member.id },
          {
            onSuccess: () => toasts.success(`${name} removed`),
            onError: (cause) => toasts.failure("The member could not be removed", cause),
          },
        )
      }
    >
      Remove
    </ActionButton>
  );
}
