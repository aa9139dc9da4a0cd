import { useState } from "react";
import { useCreateAdmin } from "../../api/admin";
import { ApiError } from "../../api/http";
import type { Role } from "../../api/shapes";
import { FormDialog } from "../../components/FormDialog";
import { RoleField } from "../../components/RoleField";
import { TextField } from "../../components/TextField";
import { useToasts } from "../../components/Toasts";

export function CreateAdmin({ onClose }: { onClose(): void }) {
  const [username, setUsername] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("administrator");
  const [tried, setTried] = useState(false);
  const create = useCreateAdmin();
  const toasts = useToasts();
  const problem = create.error instanceof ApiError ? create.error : undefined;
  const submit = () => {
    setTried(true);
    if (!username.trim() || !password) return;
    create.mutate(
      { username: username.trim(), display_name: displayName.trim() || undefined, password, role },
      {
        onSuccess: (admin) => {
          toasts.success(`Administrator ${admin.username} created`);
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title="Create administrator"
      act="Create administrator"
      busy={create.isPending}
      error={create.error}
      fields={["username", "display_name", "password", "role"]}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Username"
        value={username}
        onChange={setUsername}
        error={tried && !username.trim() ? "Give the administrator a username." : problem?.field("username")}
      />
      <TextField
        label="Display name"
        optional
        value={displayName}
        onChange={setDisplayName}
        error={problem?.field("display_name")}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        error={tried && !password ? "Choose a password." : problem?.field("password")}
      >
        Hand it over in a safe way; the new administrator can change it under “My account”.
      </TextField>
      <RoleField value={role} onChange={setRole} />
    </FormDialog>
  );
}
