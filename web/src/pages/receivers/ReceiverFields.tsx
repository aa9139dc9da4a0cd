import { Checkbox, FormGroup, FormSelect, FormSelectOption } from "@patternfly/react-core";
import type { ApiError } from "../../api/http";
import type { Receiver } from "../../api/shapes";
import { FieldHelp } from "../../components/FieldHelp";
import { TextField } from "../../components/TextField";
import { topics, type Topic } from "./wanted";

/** What can be set when a receiver is made, and changed later. */
export interface ReceiverForm {
  name: string;
  url: string;
  secret: string;
  payload: Receiver["payload"];
  wanted: Topic[];
}

/** The members of the body that have a field here. */
export const receiverFields = ["name", "url", "secret", "payload", "events", "source"];

/** What is missing, by field, before the server is asked. */
export function missing(form: ReceiverForm, kind: Receiver["kind"]) {
  return {
    name: form.name.trim() ? undefined : "Give the receiver a name.",
    url: kind === "push" && !form.url.trim() ? "Give the address that is to be called." : undefined,
    events: form.wanted.length === 0 ? "Choose at least one event." : undefined,
  };
}

interface Props {
  kind: Receiver["kind"];
  form: ReceiverForm;
  /** Whether an empty secret keeps the one there is. */
  keepsSecret?: boolean;
  tried: boolean;
  problem: ApiError | undefined;
  onChange(part: Partial<ReceiverForm>): void;
}

export function NameField({ form, kind, tried, problem, onChange }: Props) {
  const error = (tried && missing(form, kind).name) || problem?.field("name");
  return (
    <TextField label="Name" value={form.name} onChange={(name) => onChange({ name })} error={error}>
      Which application gets the events.
    </TextField>
  );
}

export function ReceiverFields(props: Props) {
  const { kind, form, keepsSecret, tried, problem, onChange } = props;
  const lacking = missing(form, kind);
  const toggle = (topic: Topic, on: boolean) =>
    onChange({ wanted: topics.map((t) => t.topic).filter((t) => (t === topic ? on : form.wanted.includes(t))) });
  return (
    <>
      {kind === "push" && (
        <>
          <TextField
            label="URL"
            value={form.url}
            onChange={(url) => onChange({ url })}
            error={(tried && lacking.url) || problem?.field("url")}
          >
            Over https, at a public address unless this Roster allows others.
          </TextField>
          <TextField
            label={keepsSecret ? "New bearer token" : "Bearer token"}
            type="password"
            autoComplete="new-password"
            optional
            value={form.secret}
            onChange={(secret) => onChange({ secret })}
            error={problem?.field("secret")}
          >
            {keepsSecret ? "Left empty, the present one stays." : "Sent as Authorization: Bearer …, and never shown again."}
          </TextField>
        </>
      )}
      <FormGroup label="Payload" fieldId="receiver-payload">
        <FormSelect
          id="receiver-payload"
          value={form.payload}
          aria-describedby="receiver-payload-help"
          onChange={(_, payload) => onChange({ payload: payload as Receiver["payload"] })}
        >
          <FormSelectOption value="notice" label="Notice: names of the changed attributes" />
          <FormSelectOption value="full" label="Full: their values too" />
        </FormSelect>
        <FieldHelp id="receiver-payload-help" error={problem?.field("payload")}>
          With a notice, the receiver reads the rest under /api/v1, with a key of its own.
        </FieldHelp>
      </FormGroup>
      <FormGroup label="Events" role="group" isStack>
        {topics.map(({ topic, text }) => (
          <Checkbox
            key={topic}
            id={`receiver-${topic}`}
            label={text}
            isChecked={form.wanted.includes(topic)}
            onChange={(_, on) => toggle(topic, on)}
          />
        ))}
        <FieldHelp id="receiver-events-help" error={(tried && lacking.events) || problem?.field("events")} />
      </FormGroup>
    </>
  );
}
