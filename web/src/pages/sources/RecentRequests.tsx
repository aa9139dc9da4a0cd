import { Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core";
import { Link } from "react-router";
import { useRequests } from "../../api/activity";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable } from "../../components/ResourceTable";
import { HttpStatusLabel } from "../../components/StatusLabels";
import { requestLine } from "../requests/requestLine";
import { sourcePath } from "./path";

/** The last few requests, as a sign of life; the Requests tab has them all. */
export function RecentRequests({ slug }: { slug: string }) {
  const requests = useRequests({ source: slug, limit: 8 });
  return (
    <Card>
      <CardHeader
        actions={{ actions: <Link to={sourcePath(slug, "requests")}>All requests</Link>, hasNoOffset: true }}
      >
        <CardTitle component="h2">Last activity</CardTitle>
      </CardHeader>
      <CardBody>
        <ResourceTable
          what="last requests"
          answer={requests}
          rowKey={(request) => request.id}
          columns={[
            { title: "Time", cell: (request) => <RelativeTime at={request.time} />, wrap: "nowrap" },
            {
              title: "Request",
              cell: (request) => (
                <Link to={`${sourcePath(slug, "requests")}?sel=${request.id}`}>
                  {requestLine(request)}
                </Link>
              ),
              wrap: "breakWord",
            },
            { title: "Status", cell: (request) => <HttpStatusLabel status={request.status} /> },
            { title: "Subject", cell: (request) => request.subject || "–", wrap: "breakWord" },
          ]}
          empty={<p className="roster-muted">The identity provider has not sent anything yet.</p>}
        />
      </CardBody>
    </Card>
  );
}
