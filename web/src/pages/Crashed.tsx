import { Button, PageSection } from "@patternfly/react-core";
import { ExclamationCircleIcon } from "@patternfly/react-icons";
import { EmptyState } from "../components/EmptyState";

/** Stands in for the console when a page fails to draw. */
export function Crashed() {
  return (
    <PageSection component="main">
      <EmptyState
        icon={ExclamationCircleIcon}
        title="This page could not be shown"
        action={
          <Button variant="secondary" onClick={() => window.location.reload()}>
            Load the page again
          </Button>
        }
      >
        The console met something it did not expect. If it happens again, report it with the address of this page.
      </EmptyState>
    </PageSection>
  );
}
