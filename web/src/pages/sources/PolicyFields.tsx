import { Checkbox, FormGroup, FormHelperText, FormSelect, FormSelectOption, HelperText, HelperTextItem } from "@patternfly/react-core";
import type { Policies } from "../../api/shapes";

type Switch = {
  [K in keyof Policies]-?: NonNullable<Policies[K]> extends boolean ? K : never;
}[keyof Policies];

const switches: { name: Switch; label: string; help: string }[] = [
  {
    name: "no_reactivation",
    label: "Refuse to reactivate",
    help: "A POST that matches an inactive user by externalId answers 409 instead of bringing the user back.",
  },
  {
    name: "allow_duplicate_group_names",
    label: "Allow duplicate groups",
    help: "Otherwise a second group of the same displayName answers 409.",
  },
  {
    name: "strict_references",
    label: "Refuse unknown members and managers",
    help: "Otherwise the known members are accepted and the request record says which were not.",
  },
  {
    name: "strict_unknown",
    label: "Refuse unknown attributes",
    help: "Otherwise attributes of unknown extensions are kept as sent, and unknown core attributes are left out and recorded.",
  },
  {
    name: "put_keeps_members",
    label: "Keep members when a PUT has none",
    help: "Otherwise a PUT of a group without members empties it, as RFC 7644 says.",
  },
  {
    name: "group_patch_body",
    label: "Answer a group PATCH with the group, however large it is",
    help: "Otherwise only groups of up to 20 members are sent back; for larger ones the answer is 204 without a body.",
  },
  {
    name: "public_discovery",
    label: "Serve discovery without a token",
    help: "ServiceProviderConfig, Schemas and ResourceTypes then answer everyone.",
  },
];

interface Props {
  policies: Policies;
  onChange(policies: Policies): void;
  disabled?: boolean;
}

/** How a source behaves where identity providers differ. Everything off is the recommended behaviour. */
export function PolicyFields({ policies, onChange, disabled }: Props) {
  const set = (part: Policies) => onChange({ ...policies, ...part });
  return (
    <>
      <FormGroup label="When the identity provider deletes a user" fieldId="policy-delete">
        <FormSelect
          id="policy-delete"
          isDisabled={disabled}
          value={policies.delete ?? ""}
          onChange={(_, value) => set({ delete: value as Policies["delete"] })}
        >
          <FormSelectOption value="" label="Hide the user, restorable for 30 days" />
          <FormSelectOption value="deactivate" label="Deactivate the user" />
          <FormSelectOption value="erase" label="Erase the user at once" />
        </FormSelect>
      </FormGroup>
      <FormGroup label="Bodies in the request log" fieldId="policy-bodies">
        <FormSelect
          id="policy-bodies"
          isDisabled={disabled}
          value={policies.request_bodies ?? ""}
          onChange={(_, value) => set({ request_bodies: value as Policies["request_bodies"] })}
        >
          <FormSelectOption value="" label="Keep, without secrets" />
          <FormSelectOption value="redacted" label="Keep the shape, hide the values" />
          <FormSelectOption value="off" label="Do not keep" />
        </FormSelect>
        <FormHelperText>
          <HelperText>
            <HelperTextItem>What is kept is deleted after 30 days.</HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      <FormGroup label="Compatibility" role="group" isStack>
        {switches.map(({ name, label, help }) => (
          <Checkbox
            key={name}
            id={`policy-${name}`}
            label={label}
            description={help}
            isDisabled={disabled}
            isChecked={policies[name] ?? false}
            onChange={(_, checked) => set({ [name]: checked })}
          />
        ))}
      </FormGroup>
    </>
  );
}
