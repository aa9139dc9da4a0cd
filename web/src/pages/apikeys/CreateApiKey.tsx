import { useState } from "react";
import { useCreateApiKey } from "../../api/admin";
import { ApiError } from "../../api/http";
import type { Role } from "../../api/shapes";
import { FormDialog } from "../../components/FormDialog";
import { RoleField } from "../../components/RoleField";
import { SecretDialog } from "../../components/SecretDialog";
import { TextField } from "../../components/TextField";

export function CreateApiKey({ onClose }: { onClose(): void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("auditor");
  const [expires, setExpires] = useState("");
  const [tried, setTried] = useState(false);
  const create = useCreateApiKey();
  const problem = create.error instanceof ApiError ? create.error : undefined;
  if (create.data) {
    return (
      <SecretDialog title={`API key ${create.data.name}`} label="API key" secret={create.data.key} onClose={onClose}>
        Copy the key now: it is shown this once only.
      </SecretDialog>
    );
  }
  const submit = () => {
    setTried(true);
    if (!name.trim()) return;
    create.mutate({
      name: name.trim(),
      role,
      expires_at: expires ? new Date(`${expires}T23:59:59Z`).toISOString() : undefined,
    });
  };
  return (
    <FormDialog
      title="Create API key"
      act="Create API key"
      busy={create.isPending}
      error={create.error}
      fields={["name", "role", "expires_at"]}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        error={tried && !name.trim() ? "Give the key a name." : problem?.field("name")}
      >
        Which application or script will use it.
      </TextField>
      <RoleField value={role} onChange={setRole} />
      <TextField
        label="Last valid day"
        type="date"
        optional
        value={expires}
        onChange={setExpires}
        error={problem?.field("expires_at")}
      >
        Without a day the key is valid until it is deleted.
      </TextField>
    </FormDialog>
  );
}
