import { Card, CardBody, CardTitle, PageSection } from "@patternfly/react-core";
import { Link, Outlet, useOutletContext, useParams } from "react-router";
import { useGroup } from "../../api/directory";
import type { Group } from "../../api/shapes";
import { CopyChip } from "../../components/CopyChip";
import { LoadError } from "../../components/EmptyState";
import { Facts } from "../../components/Facts";
import { count } from "../../components/format";
import { JsonView } from "../../components/JsonView";
import { LifeActions } from "../../components/LifeActions";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { SourceLink } from "../../components/SourceLink";
import { TabLinks } from "../../components/TabLinks";
import { GroupDialog } from "./GroupDialog";

/** The group whose tab this is. */
export const useThisGroup = () => useOutletContext<Group>();

export function GroupPage() {
  const { id = "" } = useParams();
  const answer = useGroup(id);
  const group = answer.data;
  const base = `/directory/groups/${id}`;
  return (
    <>
      <PageHeader
        key={id}
        title={group ? group.display_name || group.id : "Group"}
        parent={{ to: "/directory/groups", label: "Groups" }}
        actions={
          group && (
            <LifeActions
              kind="groups"
              resource={group}
              name={group.display_name}
              editor={(close) => <GroupDialog group={group} onClose={close} />}
            />
          )
        }
      />
      {group && (
        <TabLinks
          label="Group"
          tabs={[
            { to: base, text: "Overview", end: true },
            { to: `${base}/members`, text: "Members" },
            { to: `${base}/scim`, text: "Raw SCIM" },
          ]}
        />
      )}
      {group ? (
        <Outlet context={group} />
      ) : (
        <PageSection>
          {answer.error ? (
            <LoadError error={answer.error} what="the group" onRetry={() => answer.refetch()} />
          ) : (
            <Loading what="the group" />
          )}
        </PageSection>
      )}
    </>
  );
}

export function GroupOverview() {
  const group = useThisGroup();
  return (
    <PageSection>
      <Card className="roster-narrow">
        <CardTitle component="h2">Group</CardTitle>
        <CardBody>
          <Facts
            facts={[
              ["Name", group.display_name],
              [
                "Members",
                <Link key="members" to={`/directory/groups/${group.id}/members`}>
                  {count(group.member_count)}
                </Link>,
              ],
              ["Source", <SourceLink key="source" slug={group.source} />],
              ["ID", <CopyChip key="id" label="ID" value={group.id} />],
              ["ID at the provider", group.external_id && <code key="external">{group.external_id}</code>],
              ["Created", <RelativeTime key="created" at={group.created_at} />],
              ["Last change", <RelativeTime key="updated" at={group.updated_at} />],
            ]}
          />
        </CardBody>
      </Card>
    </PageSection>
  );
}

export function GroupScim() {
  return (
    <PageSection>
      <JsonView label="Raw SCIM JSON" value={useThisGroup().scim} />
    </PageSection>
  );
}
