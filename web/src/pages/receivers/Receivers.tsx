import { PageSection } from "@patternfly/react-core";
import { BroadcastTowerIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { Link } from "react-router";
import { useReceivers } from "../../api/receivers";
import type { Receiver } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { EmptyState } from "../../components/EmptyState";
import { count } from "../../components/format";
import { useListState } from "../../components/listState";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { SourceLink } from "../../components/SourceLink";
import { ReceiverStateLabel } from "../../components/StatusLabels";
import { CreateReceiver } from "./CreateReceiver";

const columns: Column<Receiver>[] = [
  {
    title: "Name",
    cell: (receiver) => (
      <>
        <Link to={`/events/receivers/${receiver.id}`}>{receiver.name}</Link>
        <span className="roster-muted roster-block">{receiver.url ?? "polls"}</span>
      </>
    ),
    wrap: "breakWord",
  },
  { title: "Delivery", cell: (receiver) => (receiver.kind === "push" ? "Push" : "Poll") },
  { title: "State", cell: (receiver) => <ReceiverStateLabel state={receiver.state} /> },
  { title: "Source", cell: (receiver) => (receiver.source ? <SourceLink slug={receiver.source} /> : "All"), wrap: "breakWord" },
  { title: "Waiting events", cell: (receiver) => count(receiver.behind) },
  { title: "Last delivery", cell: (receiver) => <RelativeTime at={receiver.last_success_at} />, wrap: "nowrap" },
];

export function Receivers() {
  const list = useListState([]);
  const [creating, setCreating] = useState(false);
  const create = (
    <ActionButton needs="manage event receivers" onClick={() => setCreating(true)}>
      Create receiver
    </ActionButton>
  );
  return (
    <>
      <PageHeader
        title="Event receivers"
        subtitle="Applications that are told what changes, by signed security events."
        actions={create}
      />
      <PageSection>
        <ResourceTable
          what="receivers"
          answer={useReceivers(list.query)}
          columns={columns}
          rowKey={(receiver) => receiver.id}
          list={list}
          empty={
            <EmptyState icon={BroadcastTowerIcon} title="No receivers yet">
              Make one for each application that must know at once who came, changed and left. Applications that would
              rather read plain JSON use the <Link to="/events/feed">change feed</Link>.
            </EmptyState>
          }
        />
      </PageSection>
      {creating && <CreateReceiver onClose={() => setCreating(false)} />}
    </>
  );
}
