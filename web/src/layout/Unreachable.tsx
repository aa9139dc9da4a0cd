import { Alert } from "@patternfly/react-core";
import { useQueryClient, type Query } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { ApiError } from "../api/http";

/** Says so while the server does not answer: what is on the page may be old. The lists ask again by themselves. */
export function Unreachable() {
  return (
    <div role="status">
      {useUnreachable() && (
        <Alert
          isInline
          variant="warning"
          title="Roster does not answer"
          className="roster-unreachable"
        >
          What is shown may be old. It is loaded again as soon as the server answers.
        </Alert>
      )}
    </div>
  );
}

function useUnreachable(): boolean {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (onChange) => cache.subscribe(onChange),
    () => cache.getAll().some(unanswered),
  );
}

function unanswered(query: Query): boolean {
  const error = query.state.fetchFailureReason ?? query.state.error;
  return query.isActive() && error instanceof ApiError && error.status === 0;
}
