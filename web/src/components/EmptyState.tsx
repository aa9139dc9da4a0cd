import { Button, EmptyState as PfEmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { CubesIcon, ExclamationCircleIcon, LockIcon, SearchIcon } from "@patternfly/react-icons";
import type { ComponentType, ReactNode } from "react";
import { ApiError } from "../api/http";

interface Props {
  icon?: ComponentType;
  title: string;
  /** One sentence: why there is nothing, or what would fill it. */
  children: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon = CubesIcon, title, children, action }: Props) {
  return (
    <PfEmptyState variant="sm" headingLevel="h2" icon={icon} titleText={title}>
      <EmptyStateBody>{children}</EmptyStateBody>
      {action && (
        <EmptyStateFooter>
          <EmptyStateActions>{action}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </PfEmptyState>
  );
}

export function NoMatch({ onClear }: { onClear(): void }) {
  return (
    <EmptyState
      icon={SearchIcon}
      title="Nothing matches"
      action={
        <Button variant="link" onClick={onClear}>
          Clear search and filters
        </Button>
      }
    >
      No entry fits the search and the filters together.
    </EmptyState>
  );
}

/** What went wrong with loading, in words that fit the cause, and a way to try again. */
export function LoadError({ error, what, onRetry }: { error: unknown; what: string; onRetry(): void }) {
  const api = error instanceof ApiError ? error : undefined;
  if (api?.status === 403) {
    return (
      <EmptyState icon={LockIcon} title="Your role does not allow this">
        {api.detail || `Ask an owner of this Roster for a role that may see ${what}.`}
      </EmptyState>
    );
  }
  if (api?.status === 404) {
    return (
      <EmptyState icon={SearchIcon} title="Not found">
        {api.detail || `There is no such entry: it may have been deleted, or the address is wrong.`}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={ExclamationCircleIcon}
      title={`Could not load ${what}`}
      action={
        <Button variant="secondary" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      {api ? api.detail || api.title : "The browser could not read the answer."}
    </EmptyState>
  );
}
