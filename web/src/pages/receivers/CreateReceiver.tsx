import { Checkbox, FormGroup, FormSelect, FormSelectOption } from "@patternfly/react-core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { ApiError } from "../../api/http";
import { useCreateReceiver } from "../../api/receivers";
import type { Receiver } from "../../api/shapes";
import { useSources } from "../../api/sources";
import { FieldHelp } from "../../components/FieldHelp";
import { FormDialog } from "../../components/FormDialog";
import { RadioCards } from "../../components/RadioCards";
import { SecretDialog } from "../../components/SecretDialog";
import { useToasts } from "../../components/Toasts";
import { missing, NameField, receiverFields, ReceiverFields, type ReceiverForm } from "./ReceiverFields";
import { eventsOf, topics } from "./wanted";

const kinds = [
  { value: "push", title: "Push", description: "Roster calls the application (RFC 8935)." },
  { value: "poll", title: "Poll", description: "The application asks Roster (RFC 8936)." },
];

const empty: ReceiverForm = { name: "", url: "", secret: "", payload: "notice", wanted: topics.map(({ topic }) => topic) };

export function CreateReceiver({ onClose }: { onClose(): void }) {
  const [kind, setKind] = useState<Receiver["kind"]>("push");
  const [form, setForm] = useState(empty);
  const [source, setSource] = useState("");
  const [fromStart, setFromStart] = useState(false);
  const [tried, setTried] = useState(false);
  const create = useCreateReceiver();
  const sources = useSources().data?.items ?? [];
  const navigate = useNavigate();
  const toasts = useToasts();
  const problem = create.error instanceof ApiError ? create.error : undefined;

  if (create.data?.token) {
    const { id, name, token } = create.data;
    return (
      <SecretDialog title={`Token of ${name}`} label="Token" secret={token} onClose={() => navigate(`/events/receivers/${id}`)}>
        The application polls with this token. Copy it now: it is shown this once only.
      </SecretDialog>
    );
  }
  const submit = () => {
    setTried(true);
    if (Object.values(missing(form, kind)).some(Boolean)) return;
    const push = kind === "push";
    create.mutate(
      {
        kind,
        name: form.name.trim(),
        url: push ? form.url.trim() : undefined,
        secret: (push && form.secret) || undefined,
        source: source || undefined,
        payload: form.payload,
        events: eventsOf(form.wanted, form.payload),
        from_start: fromStart,
      },
      {
        onSuccess: (made) => {
          if (made.token) return;
          toasts.success(`Receiver ${made.name} created`);
          navigate(`/events/receivers/${made.id}`);
        },
      },
    );
  };
  const shared = { kind, form, tried, problem, onChange: (part: Partial<ReceiverForm>) => setForm({ ...form, ...part }) };
  return (
    <FormDialog
      title="Create receiver"
      act="Create receiver"
      busy={create.isPending}
      error={create.error}
      fields={receiverFields}
      onSubmit={submit}
      onClose={onClose}
    >
      <NameField {...shared} />
      <FormGroup label="Delivery" role="group">
        <RadioCards label="Delivery" choices={kinds} value={kind} onChange={(value) => setKind(value as Receiver["kind"])} />
      </FormGroup>
      <FormGroup label="Source" fieldId="receiver-source">
        <FormSelect id="receiver-source" value={source} onChange={(_, slug) => setSource(slug)}>
          <FormSelectOption value="" label="All sources" />
          {sources.map(({ slug, name }) => (
            <FormSelectOption key={slug} value={slug} label={name} />
          ))}
        </FormSelect>
        <FieldHelp id="receiver-source-help" error={problem?.field("source")} />
      </FormGroup>
      <ReceiverFields {...shared} />
      <Checkbox
        id="receiver-from-start"
        label="Deliver the past too"
        description="Begins with the oldest change that the feed still has, instead of the next one."
        isChecked={fromStart}
        onChange={(_, on) => setFromStart(on)}
      />
    </FormDialog>
  );
}
