import { Spinner } from "@patternfly/react-core";
import { CheckCircleIcon } from "@patternfly/react-icons";
import { useChecklist } from "../../api/sources";
import type { Step } from "../../api/shapes";
import { LoadError } from "../../components/EmptyState";
import { RelativeTime } from "../../components/RelativeTime";

const words: Record<Step["id"], { text: string; waiting: string }> = {
  reached: { text: "URL reached", waiting: "Waiting for the first request" },
  token: { text: "Token accepted", waiting: "Waiting for a request with the right token" },
  discovery: { text: "Discovery read", waiting: "Some identity providers skip this" },
  first_user: { text: "First user", waiting: "Assign a person in the identity provider" },
  first_group: { text: "First group", waiting: "Optional: push a group" },
};

/** Ticks off what the identity provider has done so far, while it happens. */
export function Checklist({ slug }: { slug: string }) {
  const checklist = useChecklist(slug);
  const steps = checklist.data?.steps;
  if (!steps) {
    return checklist.error ? (
      <LoadError error={checklist.error} what="the checklist" onRetry={() => checklist.refetch()} />
    ) : (
      <Spinner size="md" aria-label="Loading the checklist" />
    );
  }
  const done = steps.filter((step) => step.done);
  const next = steps.find((step) => !step.done);
  return (
    <>
      <ol className="roster-checklist">
        {steps.map((step) => (
          <li key={step.id} className={step.done ? "roster-done" : undefined}>
            <span className="roster-check" aria-hidden="true">
              {step.done ? <CheckCircleIcon /> : step === next ? <Spinner size="md" aria-hidden /> : null}
            </span>
            <span>
              <span className="pf-v6-screen-reader">{step.done ? "Done: " : "To do: "}</span>
              {words[step.id]?.text ?? step.id}
              <span className="roster-muted roster-block">
                {step.done ? <RelativeTime at={step.at} none="Done" /> : words[step.id]?.waiting}
              </span>
            </span>
          </li>
        ))}
      </ol>
      <span role="status" className="pf-v6-screen-reader">
        {done.length} of {steps.length} steps done
      </span>
    </>
  );
}
