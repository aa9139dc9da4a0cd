import { Switch } from "@patternfly/react-core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useCreateUser, useUpdateUser } from "../../api/directory";
import { ApiError } from "../../api/http";
import type { User } from "../../api/shapes";
import { FormDialog } from "../../components/FormDialog";
import { TextField } from "../../components/TextField";
import { useToasts } from "../../components/Toasts";

/** Makes a user by hand, or changes one that was made by hand. */
export function UserDialog({ user, onClose }: { user?: User; onClose(): void }) {
  const [userName, setUserName] = useState(user?.user_name ?? "");
  const [displayName, setDisplayName] = useState(user?.display_name ?? "");
  const [email, setEmail] = useState(user?.email ?? "");
  const [active, setActive] = useState(user?.active ?? true);
  const [tried, setTried] = useState(false);
  const create = useCreateUser();
  const update = useUpdateUser(user?.id ?? "");
  const navigate = useNavigate();
  const toasts = useToasts();
  const { error, isPending } = user ? update : create;
  const problem = error instanceof ApiError ? error : undefined;
  const act = user ? "Save" : "Create user";

  const submit = () => {
    setTried(true);
    if (!userName.trim()) return;
    if (user) {
      update.mutate(changed(user, { user_name: userName.trim(), display_name: displayName.trim(), email: email.trim(), active }), {
        onSuccess: () => {
          toasts.success("User saved");
          onClose();
        },
      });
      return;
    }
    create.mutate(
      { user_name: userName.trim(), display_name: displayName.trim() || undefined, email: email.trim() || undefined },
      {
        onSuccess: (made) => {
          toasts.success(`User ${made.user_name} created`);
          navigate(`/directory/users/${made.id}`);
        },
      },
    );
  };

  return (
    <FormDialog
      title={user ? `Edit ${user.user_name}` : "Create user"}
      act={act}
      busy={isPending}
      error={error}
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
      {user && <Switch label="Active" isChecked={active} onChange={(_, on) => setActive(on)} />}
    </FormDialog>
  );
}

/** Only what differs is sent: the rest may have been changed by somebody else meanwhile. */
function changed<T extends Partial<User>>(before: User, after: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => value !== (before[name as keyof User] ?? "")),
  ) as Partial<T>;
}
