import { Card, CardBody, CardTitle, Form, Grid, GridItem, PageSection } from "@patternfly/react-core";
import { useParams } from "react-router";
import { useReceiver } from "../../api/receivers";
import type { Receiver } from "../../api/shapes";
import { CopyChip } from "../../components/CopyChip";
import { CopyField } from "../../components/CopyField";
import { LoadError } from "../../components/EmptyState";
import { Facts } from "../../components/Facts";
import { count } from "../../components/format";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable } from "../../components/ResourceTable";
import { SourceLink } from "../../components/SourceLink";
import { ReceiverStateLabel } from "../../components/StatusLabels";
import { ReceiverActions } from "./ReceiverActions";
import { topics, topicsOf } from "./wanted";

export function ReceiverPage() {
  const { id = "" } = useParams();
  const answer = useReceiver(id);
  const receiver = answer.data;
  return (
    <>
      <PageHeader
        key={id}
        title={receiver?.name ?? "Receiver"}
        parent={{ to: "/events/receivers", label: "Event receivers" }}
        status={receiver && <ReceiverStateLabel state={receiver.state} />}
        subtitle={receiver && explain(receiver)}
        actions={receiver && <ReceiverActions receiver={receiver} />}
      />
      <PageSection>
        {receiver && <Parts receiver={receiver} />}
        {!receiver && answer.error && (
          <LoadError error={answer.error} what="the receiver" onRetry={() => answer.refetch()} />
        )}
        {!receiver && !answer.error && <Loading what="the receiver" />}
      </PageSection>
    </>
  );
}

/** The state in a sentence. */
function explain({ state, kind, last_error: error }: Receiver): string {
  switch (state) {
    case "disabled":
      return "Nothing is delivered until it is enabled; the events wait.";
    case "waiting":
      return kind === "push" ? "Nothing has been delivered yet." : "The application has not taken an event yet.";
    case "failing":
      return `The last attempt failed: ${error || "no reason was given"}`;
    case "healthy":
      return "Events are delivered.";
  }
}

function Parts({ receiver }: { receiver: Receiver }) {
  const all = receiver.events.length === topics.length;
  const told = topicsOf(receiver);
  return (
    <Grid hasGutter>
      <GridItem lg={7}>
          <Card>
            <CardTitle component="h2">Connection</CardTitle>
            <CardBody>
              <div className="roster-stack">
                <Form onSubmit={(event) => event.preventDefault()}>
                  {receiver.url && <CopyField label="Called at" value={receiver.url} />}
                  {receiver.poll_url && <CopyField label="Poll URL" value={receiver.poll_url} />}
                </Form>
                <Facts
                  facts={[
                    ["Delivery", receiver.kind === "push" ? "Push (RFC 8935)" : "Poll (RFC 8936)"],
                    ["Bearer token", receiver.kind === "push" && (receiver.has_secret ? "Set" : "None")],
                    ["Audience", <code key="aud">{receiver.audience}</code>],
                    ["Source", receiver.source ? <SourceLink key="source" slug={receiver.source} /> : "All sources"],
                    ["Payload", receiver.payload === "full" ? "Full" : "Notice"],
                    ["Events", all ? "All" : topics.filter(({ topic }) => told.includes(topic)).map(({ text }) => text).join(", ")],
                    ["ID", <CopyChip key="id" label="ID" value={receiver.id} />],
                    ["Created", <RelativeTime key="created" at={receiver.created_at} />],
                  ]}
                />
              </div>
            </CardBody>
          </Card>
      </GridItem>
      <GridItem lg={5}>
        <Card>
          <CardTitle component="h2">Delivery</CardTitle>
          <CardBody>
            <Facts
              facts={[
                ["Waiting events", count(receiver.behind)],
                ["Last delivery", <RelativeTime key="success" at={receiver.last_success_at} />],
                ["Last failure", <RelativeTime key="failure" at={receiver.last_failure_at} />],
                ["Last error", receiver.last_error],
                ["Failed attempts", receiver.attempts > 0 && count(receiver.attempts)],
                ["Next attempt", receiver.next_attempt_at && <RelativeTime key="next" at={receiver.next_attempt_at} />],
              ]}
            />
          </CardBody>
        </Card>
      </GridItem>
      <GridItem>
        <Card>
          <CardTitle component="h2">Refused events</CardTitle>
          <CardBody>
            <ResourceTable
              what="refused events"
              answer={{ data: { items: receiver.failures ?? [] }, error: null, refetch: () => undefined }}
              rowKey={(failure) => failure.id}
              columns={[
                { title: "Time", cell: (failure) => <RelativeTime at={failure.time} />, wrap: "nowrap" },
                { title: "Error", cell: (failure) => <code>{failure.code}</code>, wrap: "nowrap" },
                { title: "What the application said", cell: (failure) => failure.description || "–", wrap: "breakWord" },
                { title: "Event (jti)", cell: (failure) => <code>{failure.id}</code>, wrap: "breakWord" },
              ]}
              empty={<p className="roster-muted">The application has refused nothing. What it refuses for good is passed over and listed here.</p>}
            />
          </CardBody>
        </Card>
      </GridItem>
    </Grid>
  );
}
