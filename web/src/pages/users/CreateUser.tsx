import { useState } from "react";
import { useNavigate } from "react-router";
import { useCreateUser } from "../../api/directory";
import { ApiError } from "../../api/http";
import { FormDialog } from "../../components/FormDialog";
import { TextField } from "../../components/TextField";
import { useToasts } from "../../components/Toasts";

/** A user made by hand, of no identity provider. */
export function CreateUser({ onClose }: { onClose(): void }) {
  const [userName, setUserName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [email, setEmail] = useState("");
  const [tried, setTried] = useState(false);
  const create = useCreateUser();
  const navigate = useNavigate();
  const toasts = useToasts();
  const problem = create.error instanceof ApiError ? create.error : undefined;
  const submit = () => {
    setTried(true);
    if (!userName.trim()) return;
    create.mutate(
      { user_name: userName.trim(), display_name: displayName.trim() || undefined, email: email.trim() || undefined },
      {
        onSuccess: (user) => {
          toasts.success(`User ${user.user_name} created`);
          navigate(`/directory/users/${user.id}`);
        },
      },
    );
  };
  return (
    <FormDialog
      title="Create user"
      act="Create user"
      busy={create.isPending}
      error={create.error}
      fields={["user_name", "email", "display_name"]}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Username"
        value={userName}
        onChange={setUserName}
        error={tried && !userName.trim() ? "Give the user a username." : problem?.field("user_name")}
      >
        Unique among the users that are made by hand.
      </TextField>
      <TextField
        label="Display name"
        optional
        value={displayName}
        onChange={setDisplayName}
        error={problem?.field("display_name")}
      />
      <TextField label="E-mail" type="email" optional value={email} onChange={setEmail} error={problem?.field("email")} />
    </FormDialog>
  );
}
