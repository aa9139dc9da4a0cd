import { Title } from "@patternfly/react-core";
import { changesOf, type Event } from "../../api/shapes";
import { ChangesTable } from "../../components/ChangesTable";
import { Facts } from "../../components/Facts";
import { count, fullTime, sentence } from "../../components/format";
import { JsonView } from "../../components/JsonView";
import { RequestLink } from "../requests/RequestLink";
import { SidePanel } from "../../components/SidePanel";
import { SourceLink } from "../../components/SourceLink";
import { SubjectOfEvent } from "./SubjectOfEvent";

export function EventPanel({ event, onClose }: { event: Event; onClose(): void }) {
  const cause = event.cause ?? {};
  return (
    <SidePanel title={sentence(event.type)} onClose={onClose}>
      <div className="roster-stack roster-panel-part">
        <Facts
          facts={[
            ["Number", count(event.seq)],
            ["Type", <code key="type">{event.type}</code>],
            ["Subject", <SubjectOfEvent key="subject" event={event} />],
            ["Version", event.subject.version],
            ["Source", <SourceLink key="source" slug={event.source} />],
            ["Time", fullTime(new Date(event.occurred_at))],
            ["By", cause.actor],
            ["Acting as", cause.kind],
            ["Request", <RequestLink key="request" cause={cause} />],
            ["ID", <code key="id">{event.id}</code>],
          ]}
        />
        <div>
          <Title headingLevel="h2" size="md">Changes</Title>
          <ChangesTable changes={changesOf(event)} />
        </div>
        <div>
          <Title headingLevel="h2" size="md">{event.type.endsWith(".deleted") ? "As it was before" : "As it was after"}</Title>
          <JsonView label="Snapshot" value={event.data} />
        </div>
      </div>
    </SidePanel>
  );
}
