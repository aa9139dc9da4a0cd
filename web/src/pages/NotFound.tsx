import { PageSection } from "@patternfly/react-core";
import { SearchIcon } from "@patternfly/react-icons";
import { EmptyState } from "../components/EmptyState";
import { LinkButton } from "../components/LinkButton";
import { PageHeader } from "../components/PageHeader";

export function NotFound() {
  return (
    <>
      <PageHeader title="Page not found" />
      <PageSection>
        <EmptyState
          icon={SearchIcon}
          title="There is no such page"
          action={
            <LinkButton variant="secondary" to="/">
              Go to the overview
            </LinkButton>
          }
        >
          The address is wrong, or the page has moved.
        </EmptyState>
      </PageSection>
    </>
  );
}
