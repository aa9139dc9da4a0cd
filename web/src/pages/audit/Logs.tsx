import { PageSection } from "@patternfly/react-core";
import { PageHeader } from "../../components/PageHeader";
import { AuditTable } from "./AuditTable";

export function Logs() {
  return (
    <>
      <PageHeader title="Logs" subtitle="Who did what, and from where. Entries cannot be changed or deleted." />
      <PageSection>
        <AuditTable />
      </PageSection>
    </>
  );
}
