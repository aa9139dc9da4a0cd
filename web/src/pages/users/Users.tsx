import { PageSection } from "@patternfly/react-core";
import { useState } from "react";
import { ActionButton } from "../../components/ActionButton";
import { PageHeader } from "../../components/PageHeader";
import { UserDialog } from "./UserDialog";
import { UserTable } from "./UserTable";

export function Users() {
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader
        title="Users"
        subtitle="Everybody in the directory, from all sources."
        actions={
          <ActionButton needs="change users and groups" onClick={() => setCreating(true)}>
            Create user
          </ActionButton>
        }
      />
      <PageSection>
        <UserTable />
      </PageSection>
      {creating && <UserDialog onClose={() => setCreating(false)} />}
    </>
  );
}
