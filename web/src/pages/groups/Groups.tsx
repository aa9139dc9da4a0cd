import { PageSection } from "@patternfly/react-core";
import { useState } from "react";
import { ActionButton } from "../../components/ActionButton";
import { PageHeader } from "../../components/PageHeader";
import { GroupDialog } from "./GroupDialog";
import { GroupTable } from "./GroupTable";

export function Groups() {
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader
        title="Groups"
        subtitle="All groups in the directory, from all sources."
        actions={
          <ActionButton needs="change users and groups" onClick={() => setCreating(true)}>
            Create group
          </ActionButton>
        }
      />
      <PageSection>
        <GroupTable />
      </PageSection>
      {creating && <GroupDialog onClose={() => setCreating(false)} />}
    </>
  );
}
