import { PageSection } from "@patternfly/react-core";
import { KeyIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useApiKeys, useDeleteApiKey } from "../../api/admin";
import type { ApiKey } from "../../api/shapes";
import { ActionButton } from "../../components/ActionButton";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { EmptyState } from "../../components/EmptyState";
import { PageHeader } from "../../components/PageHeader";
import { RelativeTime } from "../../components/RelativeTime";
import { ResourceTable, type Column } from "../../components/ResourceTable";
import { useToasts } from "../../components/Toasts";
import { CreateApiKey } from "./CreateApiKey";

export function ApiKeys() {
  const [creating, setCreating] = useState(false);
  const [removing, setRemoving] = useState<ApiKey>();
  const columns: Column<ApiKey>[] = [
    { title: "Name", cell: (key) => key.name, wrap: "breakWord" },
    { title: "Role", cell: (key) => key.role },
    { title: "Created", cell: (key) => <RelativeTime at={key.created_at} none="–" />, wrap: "nowrap" },
    { title: "Last used", cell: (key) => <RelativeTime at={key.last_used_at} />, wrap: "nowrap" },
    { title: "Expires", cell: (key) => <RelativeTime at={key.expires_at} />, wrap: "nowrap" },
    {
      title: "Actions",
      hiddenTitle: true,
      cell: (key) => (
        <ActionButton
          needs="manage API keys"
          variant="link"
          isInline
          isDanger
          aria-label={`Delete ${key.name}`}
          onClick={() => setRemoving(key)}
        >
          Delete
        </ActionButton>
      ),
    },
  ];
  const create = (
    <ActionButton needs="manage API keys" onClick={() => setCreating(true)}>
      Create API key
    </ActionButton>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        subtitle="For applications and scripts that use the REST API under /api/v1."
        actions={create}
      />
      <PageSection>
        <ResourceTable
          what="API keys"
          answer={useApiKeys()}
          columns={columns}
          rowKey={(key) => key.id}
          empty={
            <EmptyState icon={KeyIcon} title="No API keys yet">
              Make a key for each application that reads the directory, so that each can be taken away alone.
            </EmptyState>
          }
        />
      </PageSection>
      {creating && <CreateApiKey onClose={() => setCreating(false)} />}
      {removing && <Remove apiKey={removing} onClose={() => setRemoving(undefined)} />}
    </>
  );
}

function Remove({ apiKey, onClose }: { apiKey: ApiKey; onClose(): void }) {
  const remove = useDeleteApiKey();
  const toasts = useToasts();
  return (
    <ConfirmDialog
      title={`Delete API key ${apiKey.name}?`}
      act="Delete API key"
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(apiKey.id, {
          onSuccess: () => toasts.success(`API key ${apiKey.name} deleted`),
          onError: (cause) => toasts.failure("The API key could not be deleted", cause),
          onSettled: onClose,
        })
      }
    >
      Whatever uses this key gets 401 from then on. This cannot be undone.
    </ConfirmDialog>
  );
}
