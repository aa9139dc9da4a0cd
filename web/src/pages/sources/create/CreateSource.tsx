import { PageSection, ProgressStep, ProgressStepper } from "@patternfly/react-core";
import { useSearchParams } from "react-router";
import { PageHeader } from "../../../components/PageHeader";
import { ConnectStep } from "./ConnectStep";
import { NameStep } from "./NameStep";
import { TypeStep } from "./TypeStep";

const steps = [
  { id: "type", title: "Select type" },
  { id: "name", title: "Name" },
  { id: "connect", title: "Connect" },
];

/** The wizard. The step, and from the last step on the source, are in the URL: reload and Back lead nowhere wrong. */
export function CreateSource() {
  const [params] = useSearchParams();
  const slug = params.get("source") ?? "";
  const asked = params.get("step") === "connect" && !slug ? "name" : params.get("step");
  const at = Math.max(0, steps.findIndex(({ id }) => id === asked));
  return (
    <>
      <PageHeader
        title="New source"
        parent={{ to: "/directory/federation", label: "Federation & Social login" }}
        subtitle="Connect an identity provider, so that its users and groups appear here."
      />
      <PageSection>
        <ProgressStepper isCompact={false} aria-label="Steps" className="roster-stepper">
          {steps.map((step, n) => (
            <ProgressStep
              key={step.id}
              id={`step-${step.id}`}
              titleId={`step-${step.id}-title`}
              variant={n < at ? "success" : n === at ? "info" : "pending"}
              isCurrent={n === at}
              aria-label={`${step.title}: ${n < at ? "done" : n === at ? "current step" : "to come"}`}
            >
              {step.title}
            </ProgressStep>
          ))}
        </ProgressStepper>
      </PageSection>
      {at === 0 && <TypeStep />}
      {at === 1 && <NameStep />}
      {at === 2 && <ConnectStep slug={slug} />}
    </>
  );
}
