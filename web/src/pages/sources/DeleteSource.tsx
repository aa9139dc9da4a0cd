import { Form, FormGroup, Radio, TextInput } from "@patternfly/react-core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useDeleteSource, type UsersAfterDelete } from "../../api/sources";
import type { Source } from "../../api/shapes";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { plural } from "../../components/format";
import { useToasts } from "../../components/Toasts";

const fates: { value: UsersAfterDelete; label: string; help: string }[] = [
  { value: "keep", label: "Keep them", help: "They stay as they are, and from then on you manage them here." },
  { value: "deactivate", label: "Deactivate them", help: "They stay in the directory, but none of them is active." },
  { value: "delete", label: "Delete them", help: "They and the groups of this source leave the directory." },
];

export function DeleteSource({ source, onClose }: { source: Source; onClose(): void }) {
  const [fate, setFate] = useState<UsersAfterDelete>("keep");
  const [typed, setTyped] = useState("");
  const remove = useDeleteSource(source.slug);
  const navigate = useNavigate();
  const toasts = useToasts();
  const confirm = () =>
    remove.mutate(fate, {
      onSuccess: () => {
        toasts.success(`Source ${source.name} deleted`);
        navigate("/directory/federation", { replace: true });
      },
      onError: (cause) => toasts.failure("The source could not be deleted", cause),
    });
  return (
    <ConfirmDialog
      title={`Delete source ${source.name}?`}
      act="Delete source"
      busy={remove.isPending}
      blocked={typed !== source.slug}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Form onSubmit={(event) => event.preventDefault()}>
        <p>Its address and all of its tokens end at once: the identity provider will get 401 from then on.</p>
        <FormGroup
          role="radiogroup"
          isStack
          label={`What becomes of its ${plural(source.user_count, "user")} and ${plural(source.group_count, "group")}?`}
        >
          {fates.map(({ value, label, help }) => (
            <Radio
              key={value}
              id={`fate-${value}`}
              name="fate"
              label={label}
              description={help}
              isChecked={fate === value}
              onChange={() => setFate(value)}
            />
          ))}
        </FormGroup>
        <FormGroup label={`Type ${source.slug} to confirm`} fieldId="confirm-slug">
          <TextInput id="confirm-slug" autoComplete="off" value={typed} onChange={(_, value) => setTyped(value)} />
        </FormGroup>
      </Form>
    </ConfirmDialog>
  );
}
