import { Button } from "@patternfly/react-core";
import { ListIcon } from "@patternfly/react-icons";
import { useSearchParams } from "react-router";
import { useRequests } from "../../api/activity";
import type { ScimRequest } from "../../api/shapes";
import { EmptyState } from "../../components/EmptyState";
import { milliseconds } from "../../components/format";
import { useListState } from "../../components/listState";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { SourceLink } from "../../components/SourceLink";
import { HttpStatusLabel } from "../../components/StatusLabels";
import { useSourceFilter } from "../sources/sourceFilter";
import { requestLine } from "./requestLine";
import { RequestPanel } from "./RequestPanel";

const statusFilter = {
  name: "status",
  label: "Status",
  options: [
    { value: "2xx", text: "Accepted (2xx)" },
    { value: "4xx", text: "Refused (4xx)" },
    { value: "5xx", text: "Failed (5xx)" },
  ],
};

interface Props {
  /** Only requests of this source. */
  source?: string;
  /** Only requests about this resource. */
  resource?: string;
}

/** What identity providers asked. The chosen request is in the URL, and stands beside the list. */
export function RequestTable({ source, resource }: Props) {
  const list = useListState(source || resource ? ["status"] : ["status", "source"]);
  const [params, setParams] = useSearchParams();
  const sourceFilter = useSourceFilter();
  const requests = useRequests({
    ...list.query,
    ...(source && { source }),
    ...(resource && { resource_id: resource }),
  });
  const select = (id?: string) => {
    const next = new URLSearchParams(params);
    if (id) next.set("sel", id);
    else next.delete("sel");
    setParams(next);
  };
  const columns: Column<ScimRequest>[] = [
    { title: "Time", cell: (request) => <RelativeTime at={request.time} />, wrap: "nowrap" },
    {
      title: "Request",
      cell: (request) => (
        <Button variant="link" isInline className="roster-row-button" onClick={() => select(request.id)}>
          {requestLine(request)}
        </Button>
      ),
      wrap: "breakWord",
      width: 25,
    },
    { title: "Status", cell: (request) => <HttpStatusLabel status={request.status} /> },
    { title: "Subject", cell: (request) => request.subject || "–" },
    { title: "Result", cell: (request) => <Result request={request} />, width: 25 },
    { title: "Duration", cell: (request) => milliseconds(request.duration_us), wrap: "nowrap" },
  ];
  if (!source) {
    columns.splice(2, 0, { title: "Source", cell: (request) => <SourceLink slug={request.source} /> });
  }
  const chosen = params.get("sel");
  return (
    <>
      <ResourceTable
        what="requests"
        answer={requests}
        columns={columns}
        rowKey={(request) => request.id}
        list={list}
        search="Search requests"
        filters={source || resource ? [statusFilter] : [statusFilter, sourceFilter]}
        empty={
          <EmptyState icon={ListIcon} title="No requests yet">
            Every request of an identity provider is recorded here, with what was answered and why.
          </EmptyState>
        }
      />
      {chosen && <RequestPanel id={chosen} onClose={() => select()} />}
    </>
  );
}

function Result({ request }: { request: ScimRequest }) {
  if (request.status >= 400) {
    return <span className="roster-clamp">{request.detail || request.scim_type || "Refused"}</span>;
  }
  const notes = request.notes?.length ?? 0;
  return (
    <>
      {request.outcome || "–"}
      {notes > 0 && <span className="roster-muted roster-block">{notes === 1 ? "1 note" : `${notes} notes`}</span>}
    </>
  );
}
