import { Button, Form, PageSection, Title } from "@patternfly/react-core";
import { useNavigate, useSearchParams } from "react-router";
import { RadioCards, type Choice } from "../../../components/RadioCards";
import { useStepFocus } from "./stepFocus";
import { StepFooter } from "./StepFooter";

const types: Choice[] = [
  {
    value: "scim",
    title: "SCIM Source",
    description: "The identity provider pushes users and groups over SCIM 2.0, and keeps them up to date by itself.",
  },
];

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
          <Title headingLevel="h2" tabIndex={-1} ref={heading}>
            Select type
          </Title>
          <RadioCards label="Type" choices={types} value="scim" onChange={() => undefined} />
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
