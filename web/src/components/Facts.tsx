import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from "@patternfly/react-core";
import type { ReactNode } from "react";

/** Names and values of one thing. What has no value is left out. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "12ch", sm: "16ch" }}>
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== "")
        .map(([name, value]) => (
          <DescriptionListGroup key={name}>
            <DescriptionListTerm>{name}</DescriptionListTerm>
            <DescriptionListDescription>{value}</DescriptionListDescription>
          </DescriptionListGroup>
        ))}
    </DescriptionList>
  );
}
