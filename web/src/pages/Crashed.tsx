import { Button, PageSection } from "@patternfly/react-core";
import { ExclamationCircleIcon } from "@patternfly/react-icons";
import { useRouteError } from "react-router";
import { EmptyState } from "../components/EmptyState";

/** Stands in for the console when a page fails to load or to draw. */
export function Crashed() {
  const error = useRouteError();
  // What a browser throws when it cannot get a part of the console; each has words of its own for it.
  const unloaded = error instanceof Error && /imported module|importing|preload|fetch/i.test(error.message);
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
        {unloaded
          ? "The server does not answer, or has been updated since the console was opened."
          : "The console met something it did not expect. If it happens again, report it with the address of this page."}
      </EmptyState>
    </PageSection>
  );
}
