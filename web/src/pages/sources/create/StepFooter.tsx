import { ActionList, ActionListGroup, ActionListItem, PageSection } from "@patternfly/react-core";
import type { ReactNode } from "react";

export function StepFooter({ children }: { children: ReactNode[] }) {
  return (
    <PageSection stickyOnBreakpoint={{ default: "bottom" }} className="roster-step-footer">
      <ActionList>
        <ActionListGroup>
          {children.map((child, n) => (
            <ActionListItem key={n}>{child}</ActionListItem>
          ))}
        </ActionListGroup>
      </ActionList>
    </PageSection>
  );
}
