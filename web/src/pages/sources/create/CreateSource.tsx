import { PageSection } from "@patternfly/react-core";
import { CheckIcon } from "@patternfly/react-icons";
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
        <ol className="roster-steps" aria-label="Steps">
          {steps.map((step, n) => (
            <li
              key={step.id}
              className={n < at ? "roster-step-done" : undefined}
              aria-current={n === at ? "step" : undefined}
            >
              <span className="roster-step-number" aria-hidden="true">
                {n < at ? <CheckIcon /> : n + 1}
              </span>
              {step.title}
              {n < at && <span className="pf-v6-screen-reader"> (done)</span>}
            </li>
          ))}
        </ol>
      </PageSection>
      {at === 0 && <TypeStep />}
      {at === 1 && <NameStep />}
      {at === 2 && <ConnectStep slug={slug} />}
    </>
  );
}
