import { FormSelect, FormSelectOption, PageSection } from "@patternfly/react-core";
import { useState } from "react";
import { useAdmins, useChangeRole, useDeleteAdmin, useMe } from "../../api/admin";
import { roles, useMay } from "../../api/permissions";
import type { Admin, Role } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { EmptyState } from "../../components/EmptyState";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { useToasts } from "../../components/Toasts";
import { CreateAdmin } from "./CreateAdmin";

export function Administrators() {
  const [creating, setCreating] = useState(false);
  const [removing, setRemoving] = useState<Admin>();
  const me = useMe().data;
  const columns: Column<Admin>[] = [
    {
      title: "Username",
      cell: (admin) => (
        <>
          {admin.username}
          {admin.id === me?.id && <span className="roster-muted"> (you)</span>}
        </>
      ),
      wrap: "breakWord",
    },
    { title: "Display name", cell: (admin) => admin.display_name || "–", wrap: "breakWord" },
    { title: "Role", cell: (admin) => <RoleSelect admin={admin} /> },
    { title: "Last login", cell: (admin) => <RelativeTime at={admin.last_login_at} />, wrap: "nowrap" },
    {
      title: "Actions",
      hiddenTitle: true,
      cell: (admin) => (
        <ActionButton
          needs="manage administrators"
          variant="link"
          isInline
          isDanger
          aria-label={`Delete ${admin.username}`}
          onClick={() => setRemoving(admin)}
        >
          Delete
        </ActionButton>
      ),
    },
  ];
  return (
    <>
      <PageHeader
        title="Administrators"
        subtitle="Who may log in to this console. They are not part of the directory, and no identity provider makes them."
        actions={
          <ActionButton needs="manage administrators" onClick={() => setCreating(true)}>
            Create administrator
          </ActionButton>
        }
      />
      <PageSection>
        <ResourceTable
          what="administrators"
          answer={useAdmins()}
          columns={columns}
          rowKey={(admin) => admin.id}
          empty={<EmptyState title="No administrators">Make one so that somebody can log in.</EmptyState>}
        />
      </PageSection>
      {creating && <CreateAdmin onClose={() => setCreating(false)} />}
      {removing && <Remove admin={removing} onClose={() => setRemoving(undefined)} />}
    </>
  );
}

function RoleSelect({ admin }: { admin: Admin }) {
  const may = useMay("manage administrators");
  const change = useChangeRole();
  const toasts = useToasts();
  return (
    <FormSelect
      className="roster-inline-select"
      aria-label={`Role of ${admin.username}`}
      value={admin.role}
      isDisabled={!may || change.isPending}
      onChange={(_, role) =>
        change.mutate(
          { id: admin.id, role: role as Role },
          {
            onSuccess: () => toasts.success(`${admin.username} is now ${role}`),
            onError: (cause) => toasts.failure("The role could not be changed", cause),
          },
        )
      }
    >
      {roles.map(({ role }) => (
        <FormSelectOption key={role} value={role} label={role} />
      ))}
    </FormSelect>
  );
}

function Remove({ admin, onClose }: { admin: Admin; onClose(): void }) {
  const remove = useDeleteAdmin();
  const toasts = useToasts();
  return (
    <ConfirmDialog
      title={`Delete administrator ${admin.username}?`}
      act="Delete administrator"
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(admin.id, {
          onSuccess: () => toasts.success(`Administrator ${admin.username} deleted`),
          onError: (cause) => toasts.failure("The administrator could not be deleted", cause),
          onSettled: onClose,
        })
      }
    >
      {admin.username} is logged out everywhere at once and cannot log in again. What they did stays in the log.
    </ConfirmDialog>
  );
}
