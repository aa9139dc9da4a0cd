import { Button, Card, CardBody, CardTitle, Grid, GridItem, PageSection, Title } from "@patternfly/react-core";
import { useNavigate } from "react-router";
import { useSource } from "../../../api/sources";
import { LoadError } from "../../../components/EmptyState";
import { Loading } from "../../../components/Loading";
import { Checklist } from "../Checklist";
import { Connection } from "../Connection";
import { Guide } from "../Guide";
import { sourcePath } from "../path";
import { NothingYet } from "../NothingYet";
import { useStepFocus } from "./stepFocus";
import { StepFooter } from "./StepFooter";

/** The source exists; what is left happens in the identity provider, and nothing here waits for it. */
export function ConnectStep({ slug }: { slug: string }) {
  const navigate = useNavigate();
  const source = useSource(slug);
  const heading = useStepFocus();
  return (
    <>
      <PageSection isFilled>
        <Title headingLevel="h2" tabIndex={-1} ref={heading} className="roster-step-title">
          Connect
        </Title>
        {!source.data && source.error && (
          <LoadError error={source.error} what="the source" onRetry={() => source.refetch()} />
        )}
        {!source.data && !source.error && <Loading what="the source" />}
        {source.data && (
          <Grid hasGutter>
            <GridItem lg={8}>
              <div className="roster-stack">
                <Card>
                  <CardTitle component="h3">Your values</CardTitle>
                  <CardBody>
                    <Connection source={source.data} />
                  </CardBody>
                </Card>
                <Card>
                  <CardTitle component="h3">What to do in the identity provider</CardTitle>
                  <CardBody>
                    <Guide source={source.data} />
                  </CardBody>
                </Card>
              </div>
            </GridItem>
            <GridItem lg={4}>
              <Card>
                <CardTitle component="h3">Live checklist</CardTitle>
                <CardBody>
                  <Checklist slug={slug} />
                  <NothingYet source={source.data} />
                </CardBody>
              </Card>
            </GridItem>
          </Grid>
        )}
      </PageSection>
      <StepFooter>
        <Button onClick={() => navigate("/directory/federation")}>Finish</Button>
        <Button variant="secondary" onClick={() => navigate(sourcePath(slug))}>
          Open source
        </Button>
      </StepFooter>
    </>
  );
}
