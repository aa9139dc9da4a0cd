import { useState } from "react";
import { useNavigate } from "react-router";
import { useCreateGroup } from "../../api/directory";
import { ApiError } from "../../api/http";
import { FormDialog } from "../../components/FormDialog";
import { TextField } from "../../components/TextField";
import { useToasts } from "../../components/Toasts";

/** A group made by hand, of no identity provider. */
export function CreateGroup({ onClose }: { onClose(): void }) {
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const create = useCreateGroup();
  const navigate = useNavigate();
  const toasts = useToasts();
  const submit = () => {
    setTried(true);
    if (!name.trim()) return;
    create.mutate(
      { display_name: name.trim() },
      {
        onSuccess: (group) => {
          toasts.success(`Group ${group.display_name} created`);
          navigate(`/directory/groups/${group.id}`);
        },
      },
    );
  };
  return (
    <FormDialog
      title="Create group"
      act="Create group"
      busy={create.isPending}
      error={create.error}
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
            : create.error instanceof ApiError
              ? create.error.field("display_name")
              : undefined
        }
      />
    </FormDialog>
  );
}
