import { Content, Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { useState } from "react";
import { useScimRequest } from "../../api/activity";
import type { ScimRequestDetail } from "../../api/shapes";
import { LoadError } from "../../components/EmptyState";
import { Facts } from "../../components/Facts";
import { milliseconds } from "../../components/format";
import { JsonView } from "../../components/JsonView";
import { Loading } from "../../components/Loading";
import { RelativeTime } from "../../components/RelativeTime";
import { SidePanel } from "../../components/SidePanel";
import { SourceLink } from "../../components/SourceLink";
import { HttpStatusLabel } from "../../components/StatusLabels";
import { requestLine } from "./requestLine";
import { RequestChanges } from "./RequestChanges";
import { SubjectLink } from "./SubjectLink";

export function RequestPanel({ id, onClose }: { id: string; onClose(): void }) {
  const answer = useScimRequest(id);
  const request = answer.data;
  const [tab, setTab] = useState<string | number>("summary");
  return (
    <SidePanel title={request ? requestLine(request) : "Request"} onClose={onClose}>
      {!request && answer.error && (
        <LoadError error={answer.error} what="the request" onRetry={() => answer.refetch()} />
      )}
      {!request && !answer.error && <Loading what="the request" />}
      {request && (
        <Tabs activeKey={tab} onSelect={(_, key) => setTab(key)} aria-label="Parts of the request" mountOnEnter>
          <Tab eventKey="summary" title={<TabTitleText>Summary</TabTitleText>}>
            <Summary request={request} />
          </Tab>
          <Tab eventKey="request" title={<TabTitleText>Request</TabTitleText>}>
            <Body label="Request body" value={request.request_body} />
          </Tab>
          <Tab eventKey="response" title={<TabTitleText>Response</TabTitleText>}>
            <Body label="Response body" value={request.response_body} />
          </Tab>
          <Tab eventKey="changes" title={<TabTitleText>Changes</TabTitleText>}>
            <RequestChanges request={request} />
          </Tab>
        </Tabs>
      )}
    </SidePanel>
  );
}

function Summary({ request }: { request: ScimRequestDetail }) {
  const why = request.explanation;
  return (
    <div className="roster-stack roster-panel-part">
      {why && (
        <Content>
          <h2>{why.title}</h2>
          <p>{why.cause}</p>
          {why.fix && why.fix.length > 0 && (
            <>
              <h3>What to do</h3>
              <ul>
                {why.fix.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </>
          )}
        </Content>
      )}
      {request.notes && request.notes.length > 0 && (
        <Content>
          <h2>Notes</h2>
          <ul>
            {request.notes.map((note) => (
              <li key={note.code + note.message}>{note.message}</li>
            ))}
          </ul>
        </Content>
      )}
      <Facts
        facts={[
          ["Status", <HttpStatusLabel key="status" status={request.status} />],
          ["Result", request.outcome],
          ["Answer", why ? undefined : request.detail],
          ["SCIM error", request.scim_type],
          ["Rule", request.rule && <code key="rule">{request.rule}</code>],
          ["Subject", <SubjectLink key="subject" request={request} />],
          ["Source", <SourceLink key="source" slug={request.source} />],
          ["Time", <RelativeTime key="time" at={request.time} />],
          ["Duration", milliseconds(request.duration_us)],
          ["Client", request.client],
          ["Client IP", request.client_ip],
          ["Token", request.token],
          ["Request ID", <code key="id">{request.id}</code>],
        ]}
      />
    </div>
  );
}

function Body({ label, value }: { label: string; value: unknown }) {
  const nothing = value === undefined || value === null || value === "";
  return (
    <div className="roster-panel-part">
      {nothing ? <p className="roster-muted">No body, or none was kept.</p> : <JsonView label={label} value={value} />}
    </div>
  );
}
