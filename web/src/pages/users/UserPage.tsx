import { Card, CardBody, CardTitle, PageSection } from "@patternfly/react-core";
import { Link, Outlet, useOutletContext, useParams } from "react-router";
import { useUser } from "../../api/directory";
import type { User } from "../../api/shapes";
import { CopyChip } from "../../components/CopyChip";
import { LoadError } from "../../components/EmptyState";
import { Facts } from "../../components/Facts";
import { JsonView } from "../../components/JsonView";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { SourceLink } from "../../components/SourceLink";
import { UserStateLabel } from "../../components/StatusLabels";
import { TabLinks } from "../../components/TabLinks";
import { ResourceTable } from "../../components/ResourceTable";
import { RequestTable } from "../requests/RequestTable";
import { LifeActions } from "../../components/LifeActions";
import { UserDialog } from "./UserDialog";

const useThisUser = () => useOutletContext<User>();

export function UserPage() {
  const { id = "" } = useParams();
  const answer = useUser(id);
  const user = answer.data;
  const base = `/directory/users/${id}`;
  return (
    <>
      <PageHeader
        key={id}
        title={user ? user.display_name || user.user_name : "User"}
        parent={{ to: "/directory/users", label: "Users" }}
        status={user && <UserStateLabel active={user.active} state={user.state} />}
        subtitle={user?.display_name ? user.user_name : undefined}
        actions={
          user && (
            <LifeActions
              kind="users"
              resource={user}
              name={user.user_name}
              editor={(close) => <UserDialog user={user} onClose={close} />}
            />
          )
        }
      />
      {user && (
        <TabLinks
          label="User"
          tabs={[
            { to: base, text: "Overview", end: true },
            { to: `${base}/scim`, text: "Raw SCIM" },
            { to: `${base}/groups`, text: "Groups" },
            { to: `${base}/requests`, text: "Requests" },
          ]}
        />
      )}
      {user ? (
        <Outlet context={user} />
      ) : (
        <PageSection>
          {answer.error ? (
            <LoadError error={answer.error} what="the user" onRetry={() => answer.refetch()} />
          ) : (
            <Loading what="the user" />
          )}
        </PageSection>
      )}
    </>
  );
}

export function UserOverview() {
  const user = useThisUser();
  return (
    <PageSection>
      <Card className="roster-narrow">
        <CardTitle component="h2">Profile</CardTitle>
        <CardBody>
          <Facts
            facts={[
              ["Username", user.user_name],
              ["Display name", user.display_name],
              ["E-mail", user.email],
              ["Source", <SourceLink key="source" slug={user.source} />],
              ["ID", <CopyChip key="id" label="ID" value={user.id} />],
              ["ID at the provider", user.external_id && <code key="external">{user.external_id}</code>],
              ["Created", <RelativeTime key="created" at={user.created_at} />],
              ["Last change", <RelativeTime key="updated" at={user.updated_at} />],
            ]}
          />
        </CardBody>
      </Card>
    </PageSection>
  );
}

export function UserScim() {
  return (
    <PageSection>
      <JsonView label="Raw SCIM JSON" value={useThisUser().scim} />
    </PageSection>
  );
}

export function UserGroups() {
  const user = useThisUser();
  return (
    <PageSection>
      <ResourceTable
        what="groups"
        answer={{ data: { items: user.groups ?? [] }, error: null, refetch: () => undefined }}
        rowKey={(group) => group.id}
        columns={[
          {
            title: "Group",
            cell: (group) => <Link to={`/directory/groups/${group.id}`}>{group.display_name || group.id}</Link>,
          },
          {
            title: "Membership",
            cell: (group) => (group.type === "indirect" ? "By way of another group" : "Direct"),
          },
        ]}
        empty={<p className="roster-muted">This user is in no group.</p>}
      />
    </PageSection>
  );
}

export function UserRequests() {
  return (
    <PageSection>
      <RequestTable resource={useThisUser().id} />
    </PageSection>
  );
}
