import { useState } from "react";
import { useNavigate } from "react-router";
import { useCreateGroup, useRenameGroup } from "../../api/directory";
import { ApiError } from "../../api/http";
import type { Group } from "../../api/shapes";
import { FormDialog } from "../../components/FormDialog";
import { TextField } from "../../components/TextField";
import { useToasts } from "../../components/Toasts";

/** Makes a group by hand, or renames one that was made by hand. */
export function GroupDialog({ group, onClose }: { group?: Group; onClose(): void }) {
  const [name, setName] = useState(group?.display_name ?? "");
  const [tried, setTried] = useState(false);
  const create = useCreateGroup();
  const rename = useRenameGroup(group?.id ?? "");
  const { error, isPending } = group ? rename : create;
  const navigate = useNavigate();
  const toasts = useToasts();
  const submit = () => {
    setTried(true);
    const body = { display_name: name.trim() };
    if (!body.display_name) return;
    if (group) {
      rename.mutate(body, {
        onSuccess: () => {
          toasts.success("Group renamed");
          onClose();
        },
      });
      return;
    }
    create.mutate(body, {
      onSuccess: (made) => {
        toasts.success(`Group ${made.display_name} created`);
        navigate(`/directory/groups/${made.id}/members`);
      },
    });
  };
  return (
    <FormDialog
      title={group ? `Edit ${group.display_name}` : "Create group"}
      act={group ? "Save" : "Create group"}
      busy={isPending}
      error={error}
      fields={["display_name"]}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        error={
          tried && !name.trim()
            ? "Give the group a name."
            : error instanceof ApiError
              ? error.field("display_name")
              : undefined
        }
      />
    </FormDialog>
  );
}
