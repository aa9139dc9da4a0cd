import { Card, CardBody, CardTitle, Grid, GridItem, PageSection } from "@patternfly/react-core";
import { Link } from "react-router";
import { usePresets } from "../../api/sources";
import { Facts } from "../../components/Facts";
import { count } from "../../components/format";
import { RelativeTime } from "../../components/RelativeTime";
import { Checklist } from "./Checklist";
import { Connection } from "./Connection";
import { NothingYet } from "./NothingYet";
import { sourcePath } from "./path";
import { RecentRequests } from "./RecentRequests";
import { useThisSource } from "./SourcePage";
import { TokenTable } from "./TokenTable";

export function SourceOverview() {
  const source = useThisSource();
  const preset = usePresets().data?.find(({ id }) => id === source.preset);
  return (
    <PageSection>
      <Grid hasGutter>
        <GridItem lg={8}>
          <div className="roster-stack">
            <Card>
              <CardTitle component="h2">Connection</CardTitle>
              <CardBody>
                <Connection source={source} />
                <div className="roster-token-table">
                  <TokenTable tokens={source.tokens} />
                </div>
              </CardBody>
            </Card>
            <RecentRequests slug={source.slug} />
          </div>
        </GridItem>
        <GridItem lg={4}>
          <div className="roster-stack">
            <Card>
              <CardTitle component="h2">Progress</CardTitle>
              <CardBody>
                <Checklist slug={source.slug} />
                {!source.last_request_at && <NothingYet source={source} />}
              </CardBody>
            </Card>
            <Card>
              <CardTitle component="h2">About</CardTitle>
              <CardBody>
                <Facts
                  facts={[
                    ["Type", "SCIM Source"],
                    ["Provider", preset?.name],
                    ["Slug", <code key="slug">{source.slug}</code>],
                    ["Service account", <code key="account">{source.service_account.username}</code>],
                    ["Users", <Link key="users" to={sourcePath(source.slug, "users")}>{count(source.user_count)}</Link>],
                    ["Groups", <Link key="groups" to={sourcePath(source.slug, "groups")}>{count(source.group_count)}</Link>],
                    ["Last request", <RelativeTime key="request" at={source.last_request_at} />],
                    ["Last change", <RelativeTime key="write" at={source.last_write_at} />],
                    ["Created", <RelativeTime key="created" at={source.created_at} />],
                  ]}
                />
              </CardBody>
            </Card>
          </div>
        </GridItem>
      </Grid>
    </PageSection>
  );
}
