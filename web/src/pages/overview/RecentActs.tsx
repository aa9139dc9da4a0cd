import { Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core";
import { Link } from "react-router";
import { useAudit } from "../../api/activity";
import { useMay } from "../../api/permissions";
import { sentence } from "../../components/format";
import { RelativeTime } from "../../components/RelativeTime";

/** Who did what last, for those who may read the log. */
export function RecentActs() {
  const may = useMay("read the audit trail");
  return may ? <Acts /> : null;
}

function Acts() {
  const entries = useAudit({ limit: 8 }).data?.items;
  return (
    <Card isFullHeight>
      <CardHeader actions={{ actions: <Link to="/events/logs">All logs</Link>, hasNoOffset: true }}>
        <CardTitle component="h2">Latest in the log</CardTitle>
      </CardHeader>
      <CardBody>
        {entries && entries.length > 0 ? (
          <ul className="roster-feed">
            {entries.map((entry) => (
              <li key={entry.seq}>
                <span>
                  {sentence(entry.action)}: {entry.object.name || entry.object.id}
                  {entry.actor.name && entry.actor.name !== entry.object.name && (
                    <span className="roster-muted"> by {entry.actor.name}</span>
                  )}
                </span>
                <RelativeTime at={entry.time} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="roster-muted">Nothing yet.</p>
        )}
      </CardBody>
    </Card>
  );
}
