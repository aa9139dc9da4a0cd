import { PageSection } from "@patternfly/react-core";
import { Outlet, useOutletContext, useParams } from "react-router";
import { useSource } from "../../api/sources";
import type { Source } from "../../api/shapes";
import { LoadError } from "../../components/EmptyState";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { HealthLabel } from "../../components/StatusLabels";
import { TabLinks } from "../../components/TabLinks";
import { sourcePath } from "./path";

const tabs = [
  { tab: "", text: "Overview" },
  { tab: "setup", text: "Setup" },
  { tab: "requests", text: "Requests" },
  { tab: "users", text: "Provisioned Users" },
  { tab: "groups", text: "Provisioned Groups" },
  { tab: "changelog", text: "Changelog" },
  { tab: "settings", text: "Settings" },
];

/** Header and tabs of one source; the tab's own page stands below. */
export function SourcePage() {
  const { slug = "" } = useParams();
  const answer = useSource(slug);
  const source = answer.data;
  return (
    <>
      <PageHeader
        key={slug}
        title={source?.name ?? slug}
        parent={{ to: "/directory/federation", label: "Federation & Social login" }}
        status={source && <HealthLabel state={source.health.state} enabled={source.enabled} />}
        subtitle={source?.health.reason}
      />
      {source && (
        <TabLinks
          label="Source"
          tabs={tabs.map(({ tab, text }) => ({ to: sourcePath(slug, tab), text, end: tab === "" }))}
        />
      )}
      {source && <Outlet context={source} />}
      {!source && (
        <PageSection>
          {answer.error ? (
            <LoadError error={answer.error} what="the source" onRetry={() => answer.refetch()} />
          ) : (
            <Loading what="the source" />
          )}
        </PageSection>
      )}
    </>
  );
}

/** The source whose tab this is. */
export const useThisSource = () => useOutletContext<Source>();
