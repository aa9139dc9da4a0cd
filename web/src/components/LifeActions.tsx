import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useLife } from "../api/directory";
import { ActionButton } from "./ActionButton";
import { ConfirmDialog } from "./ConfirmDialog";
import { useToasts } from "./Toasts";

interface Props {
  kind: "users" | "groups";
  resource: { id: string; source: string; state: string };
  name: string;
  /** The dialog that edits it. */
  editor(close: () => void): ReactNode;
}

/** Edits and deletes what was made by hand, restores what was deleted. The rest is the identity provider's. */
export function LifeActions({ kind, resource, name, editor }: Props) {
  const [open, setOpen] = useState<"edit" | "delete">();
  const life = useLife(kind, resource.id);
  const navigate = useNavigate();
  const toasts = useToasts();
  const noun = kind === "users" ? "user" : "group";
  const close = () => setOpen(undefined);
  const restore = () =>
    life.mutate("restore", {
      onSuccess: () => toasts.success(`${name} restored`),
      onError: (cause) => toasts.failure(`The ${noun} could not be restored`, cause),
    });
  const remove = () =>
    life.mutate("delete", {
      onSuccess: () => {
        toasts.success(`${name} deleted`, `The ${noun} can be restored for 30 days.`);
        navigate(`/directory/${kind}`);
      },
      onError: (cause) => toasts.failure(`The ${noun} could not be deleted`, cause),
    });
  if (resource.state === "deleted") {
    return (
      <ActionButton needs="change users and groups" isLoading={life.isPending} onClick={restore}>
        Restore
      </ActionButton>
    );
  }
  if (resource.source !== "built-in") return null;
  return (
    <span className="roster-actions">
      <ActionButton needs="change users and groups" variant="secondary" onClick={() => setOpen("edit")}>
        Edit
      </ActionButton>
      <ActionButton needs="delete users and groups" variant="secondary" isDanger onClick={() => setOpen("delete")}>
        Delete
      </ActionButton>
      {open === "edit" && editor(close)}
      {open === "delete" && (
        <ConfirmDialog
          title={`Delete ${name}?`}
          act={`Delete ${noun}`}
          busy={life.isPending}
          onClose={close}
          onConfirm={remove}
        >
          {kind === "users"
            ? "The user leaves the directory and all groups at once, and can be restored for 30 days."
            : "The group leaves the directory at once; its members stay. It can be restored for 30 days."}
        </ConfirmDialog>
      )}
    </span>
  );
}
