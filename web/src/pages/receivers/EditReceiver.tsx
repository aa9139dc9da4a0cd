import { useState } from "react";
import { ApiError } from "../../api/http";
import { useChangeReceiver } from "../../api/receivers";
import type { Receiver } from "../../api/shapes";
import { FormDialog } from "../../components/FormDialog";
import { useToasts } from "../../components/Toasts";
import { missing, NameField, receiverFields, ReceiverFields, type ReceiverForm } from "./ReceiverFields";
import { eventsOf, topicsOf } from "./wanted";

export function EditReceiver({ receiver, onClose }: { receiver: Receiver; onClose(): void }) {
  const { kind, name, url = "", payload } = receiver;
  const [form, setForm] = useState<ReceiverForm>({ name, url, secret: "", payload, wanted: topicsOf(receiver) });
  const [tried, setTried] = useState(false);
  const change = useChangeReceiver(receiver.id);
  const toasts = useToasts();
  const problem = change.error instanceof ApiError ? change.error : undefined;
  const submit = () => {
    setTried(true);
    if (Object.values(missing(form, kind)).some(Boolean)) return;
    change.mutate(
      {
        name: form.name.trim(),
        url: kind === "push" ? form.url.trim() : undefined,
        secret: form.secret || undefined,
        payload: form.payload,
        events: eventsOf(form.wanted, form.payload),
      },
      {
        onSuccess: () => {
          toasts.success("Receiver saved");
          onClose();
        },
      },
    );
  };
  const shared = { kind, form, tried, problem, onChange: (part: Partial<ReceiverForm>) => setForm({ ...form, ...part }) };
  return (
    <FormDialog
      title={`Edit ${name}`}
      act="Save"
      busy={change.isPending}
      error={change.error}
      fields={receiverFields}
      onSubmit={submit}
      onClose={onClose}
    >
      <NameField {...shared} />
      <ReceiverFields {...shared} keepsSecret={receiver.has_secret} />
    </FormDialog>
  );
}
