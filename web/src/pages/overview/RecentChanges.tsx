import { Card, CardBody, CardHeader, CardTitle } from "@patternfly/react-core";
import { Link } from "react-router";
import { useEvents } from "../../api/activity";
import { sentence } from "../../components/format";
import { RelativeTime } from "../../components/RelativeTime";
import { SubjectOfEvent } from "../events/SubjectOfEvent";

const shown = 8;

/** The newest events of the feed, in sentences. */
export function RecentChanges() {
  const last = useEvents({ limit: 1 }).data?.last_seq;
  const events = useEvents({ after: Math.max(0, (last ?? 0) - shown), limit: shown }).data?.items;
  return (
    <Card isFullHeight>
      <CardHeader actions={{ actions: <Link to="/events/feed">All changes</Link>, hasNoOffset: true }}>
        <CardTitle component="h2">Recent changes</CardTitle>
      </CardHeader>
      <CardBody>
        {events && events.length > 0 ? (
          <ul className="roster-feed">
            {[...events].reverse().map((event) => (
              <li key={event.seq}>
                <span>
                  {sentence(event.type)}: <SubjectOfEvent event={event} />
                </span>
                <RelativeTime at={event.occurred_at} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="roster-muted">Nothing in the directory has changed yet.</p>
        )}
      </CardBody>
    </Card>
  );
}
