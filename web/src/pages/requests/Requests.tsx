import { PageSection } from "@patternfly/react-core";
import { PageHeader } from "../../components/PageHeader";
import { RequestTable } from "./RequestTable";

export function Requests() {
  return (
    <>
      <PageHeader
        title="SCIM Requests"
        subtitle="What the identity providers asked, what was answered, and why. Kept for 30 days."
      />
      <PageSection>
        <RequestTable />
      </PageSection>
    </>
  );
}
