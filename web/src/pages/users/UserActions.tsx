import { useState } from "react";
import { useNavigate } from "react-router";
import { useUserLife } from "../../api/directory";
import type { UserDetail } from "../../api/types";
import { ActionButton } from "../../components/ActionButton";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useToasts } from "../../components/Toasts";
import { UserDialog } from "./UserDialog";

/** Edits and deletes what was made by hand, restores what was deleted. Everybody else is managed by the identity provider. */
export function UserActions({ user }: { user: UserDetail }) {
  const [asking, setAsking] = useState(false);
  const [editing, setEditing] = useState(false);
  const life = useUserLife(user.id);
  const navigate = useNavigate();
  const toasts = useToasts();
  if (user.state === "deleted") {
    return (
      <ActionButton
        needs="change users and groups"
        isLoading={life.isPending}
        onClick={() =>
          life.mutate("restore", {
            onSuccess: () => toasts.success(`User ${user.user_name} restored`),
            onError: (cause) => toasts.failure("The user could not be restored", cause),
          })
        }
      >
        Restore
      </ActionButton>
    );
  }
  if (user.source !== "built-in") return null;
  return (
    <span className="roster-actions">
      <ActionButton needs="change users and groups" variant="secondary" onClick={() => setEditing(true)}>
        Edit
      </ActionButton>
      {editing && <UserDialog user={user} onClose={() => setEditing(false)} />}
      <ActionButton needs="delete users and groups" variant="secondary" isDanger onClick={() => setAsking(true)}>
        Delete
      </ActionButton>
      {asking && (
        <ConfirmDialog
          title={`Delete ${user.user_name}?`}
          act="Delete user"
          busy={life.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            life.mutate("delete", {
              onSuccess: () => {
                toasts.success(`User ${user.user_name} deleted`, "An administrator can restore the user for 30 days.");
                navigate("/directory/users");
              },
              onError: (cause) => toasts.failure("The user could not be deleted", cause),
            })
          }
        >
          The user leaves the directory and all groups at once, and can be restored for 30 days.
        </ConfirmDialog>
      )}
    </span>
  );
}
