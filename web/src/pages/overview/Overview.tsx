import { Card, CardBody, CardTitle, Gallery, PageSection } from "@patternfly/react-core";
import { Link } from "react-router";
import { useMe } from "../../api/admin";
import { useOverview } from "../../api/activity";
import type { HealthState, Overview as Figures } from "../../api/shapes";
import { LoadError } from "../../components/EmptyState";
import { count, plural } from "../../components/format";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { HealthLabel } from "../../components/StatusLabels";
import { PresetLinks } from "../sources/PresetLinks";
import { RecentActs } from "./RecentActs";
import { RecentChanges } from "./RecentChanges";

const states: HealthState[] = ["failing", "paused", "healthy", "verified", "waiting"];

export function Overview() {
  const me = useMe().data;
  const answer = useOverview();
  const figures = answer.data;
  return (
    <>
      <PageHeader
        title="Overview"
        subtitle={me && `Welcome, ${me.display_name || me.username}.`}
      />
      <PageSection>
        {!figures && answer.error && (
          <LoadError error={answer.error} what="the overview" onRetry={() => answer.refetch()} />
        )}
        {!figures && !answer.error && <Loading what="the overview" />}
        {figures && (
          <div className="roster-stack">
            {figures.sources.total === 0 && <FirstSteps />}
            <Numbers figures={figures} />
            <div className="roster-columns">
              <RecentChanges />
              <RecentActs />
            </div>
          </div>
        )}
      </PageSection>
    </>
  );
}

function FirstSteps() {
  return (
    <Card>
      <CardTitle component="h2">Connect an identity provider</CardTitle>
      <CardBody>
        <p>Choose yours: you get an address and a token for it, and the exact clicks to make there.</p>
        <PresetLinks />
      </CardBody>
    </Card>
  );
}

function Numbers({ figures }: { figures: Figures }) {
  const { sources, users } = figures;
  return (
    <Gallery hasGutter minWidths={{ default: "9rem", sm: "12rem" }}>
      <Figure to="/directory/federation" name="Sources" value={sources.total}>
        {states
          .filter((state) => sources.by_health[state])
          .map((state) => (
            <span key={state} className="roster-count-label">
              {count(sources.by_health[state] ?? 0)} <HealthLabel state={state} />
            </span>
          ))}
      </Figure>
      <Figure to="/directory/users" name="Active users" value={users.active}>
        {users.total === users.active ? "All users are active" : `of ${plural(users.total, "user")}`}
      </Figure>
      <Figure to="/directory/groups" name="Groups" value={figures.groups} />
      <Figure to="/events/feed" name="Changes" value={figures.events_24h}>
        in the last 24 hours
      </Figure>
    </Gallery>
  );
}

function Figure(props: { to: string; name: string; value: number; children?: React.ReactNode }) {
  return (
    <Card isFullHeight>
      <CardTitle component="h2">
        <Link to={props.to}>{props.name}</Link>
      </CardTitle>
      <CardBody>
        <div className="roster-figure">{count(props.value)}</div>
        <div className="roster-muted">{props.children}</div>
      </CardBody>
    </Card>
  );
}
