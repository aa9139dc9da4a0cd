import { Card, CardBody, CardTitle, Grid, GridItem, PageSection } from "@patternfly/react-core";
import { AuditTable } from "../audit/AuditTable";
import { GroupTable } from "../groups/GroupTable";
import { RequestTable } from "../requests/RequestTable";
import { UserTable } from "../users/UserTable";
import { Connection } from "./Connection";
import { Guide } from "./Guide";
import { NothingYet } from "./NothingYet";
import { useThisSource } from "./SourcePage";

/* The tabs of a source that show another page's list, narrowed to this source. */

export function SourceSetup() {
  const source = useThisSource();
  return (
    <PageSection>
      <Grid hasGutter>
        <GridItem lg={8}>
          <Card>
            <CardTitle component="h2">What to do in the identity provider</CardTitle>
            <CardBody>
              <Guide source={source} />
            </CardBody>
          </Card>
        </GridItem>
        <GridItem lg={4}>
          <Card>
            <CardTitle component="h2">Your values</CardTitle>
            <CardBody>
              <Connection source={source} />
              <NothingYet source={source} />
            </CardBody>
          </Card>
        </GridItem>
      </Grid>
    </PageSection>
  );
}

export function SourceRequests() {
  return (
    <PageSection>
      <RequestTable source={useThisSource().slug} />
    </PageSection>
  );
}

export function SourceUsers() {
  return (
    <PageSection>
      <UserTable source={useThisSource().slug} />
    </PageSection>
  );
}

export function SourceGroups() {
  return (
    <PageSection>
      <GroupTable source={useThisSource().slug} />
    </PageSection>
  );
}

export function SourceChangelog() {
  return (
    <PageSection>
      <AuditTable source={useThisSource().slug} />
    </PageSection>
  );
}
