import { HistoryIcon } from "@patternfly/react-icons";
import { useAudit } from "../../api/activity";
import type { AuditEntry } from "../../api/shapes";
import { EmptyState } from "../../components/EmptyState";
import { sentence } from "../../components/format";
import { useListState } from "../../components/listState";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { SourceLink } from "../../components/SourceLink";
import { AuditDetail } from "./AuditDetail";

const columns: Column<AuditEntry>[] = [
  { title: "Action", cell: (entry) => sentence(entry.action), wrap: "nowrap" },
  { title: "User", cell: (entry) => entry.actor.name || entry.actor.id || entry.actor.kind, wrap: "breakWord" },
  { title: "Object", cell: (entry) => <AuditObject entry={entry} />, wrap: "breakWord" },
  { title: "Creation Date", cell: (entry) => <RelativeTime at={entry.time} />, wrap: "nowrap" },
  { title: "Client IP", cell: (entry) => entry.client_ip || "–", wrap: "nowrap" },
  { title: "Details", cell: (entry) => <AuditDetail entry={entry} />, hiddenTitle: true },
];

/** What was acted on, and of which source it is when it is not the source itself. */
function AuditObject({ entry: { object, source } }: { entry: AuditEntry }) {
  return (
    <>
      {object.name || object.id || "–"}
      {source && object.type !== "source" && (
        <span className="roster-muted roster-block">
          <SourceLink slug={source} />
        </span>
      )}
    </>
  );
}

/** Who did what; with a source, only what was done to it. */
export function AuditTable({ source }: { source?: string }) {
  const list = useListState([]);
  return (
    <ResourceTable
      what="log entries"
      answer={useAudit(source ? { ...list.query, source } : list.query)}
      columns={columns}
      rowKey={(entry) => String(entry.seq)}
      list={list}
      search="Search the log"
      empty={
        <EmptyState icon={HistoryIcon} title="Nothing logged yet">
          Acts of administrators, API keys and the command line appear here.
        </EmptyState>
      }
    />
  );
}
