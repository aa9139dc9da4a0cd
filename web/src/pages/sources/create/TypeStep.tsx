import { Button, Card, CardBody, CardHeader, CardTitle, Form, PageSection, Title } from "@patternfly/react-core";
import { useNavigate, useSearchParams } from "react-router";
import { useStepFocus } from "./stepFocus";
import { StepFooter } from "./StepFooter";

/** One type today; it is chosen already, so that Next is enough. */
export function TypeStep() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const heading = useStepFocus();
  const next = () => {
    const forward = new URLSearchParams(params);
    forward.set("step", "name");
    navigate(`?${forward}`);
  };
  return (
    <>
      <PageSection isFilled>
        <Form
          id="type-form"
          onSubmit={(event) => {
            event.preventDefault();
            next();
          }}
        >
          <Title headingLevel="h2" tabIndex={-1} ref={heading} id="type-title">
            Select type
          </Title>
          <div role="radiogroup" aria-labelledby="type-title" className="roster-types">
            <Card id="type-scim" isCompact isSelectable isSelected>
              <CardHeader
                selectableActions={{
                  selectableActionId: "type-scim-input",
                  selectableActionAriaLabelledby: "type-scim-title",
                  name: "type",
                  variant: "single",
                  onChange: () => undefined,
                }}
              >
                <CardTitle id="type-scim-title">SCIM Source</CardTitle>
              </CardHeader>
              <CardBody className="roster-muted">
                The identity provider pushes users and groups over SCIM 2.0, and keeps them up to date by itself.
              </CardBody>
            </Card>
          </div>
        </Form>
      </PageSection>
      <StepFooter>
        <Button type="submit" form="type-form">
          Next
        </Button>
        <Button variant="link" onClick={() => navigate("/directory/federation")}>
          Cancel
        </Button>
      </StepFooter>
    </>
  );
}
