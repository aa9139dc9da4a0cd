import { FormGroup, FormSelect, FormSelectOption } from "@patternfly/react-core";
import { useId } from "react";
import { roles } from "../api/permissions";
import type { Role } from "../api/shapes";
import { FieldHelp } from "./FieldHelp";

export function RoleField({ value, onChange }: { value: Role; onChange(role: Role): void }) {
  const id = useId();
  return (
    <FormGroup label="Role" fieldId={id}>
      <FormSelect
        id={id}
        value={value}
        aria-describedby={`${id}-help`}
        onChange={(_, role) => onChange(role as Role)}
      >
        {roles.map(({ role }) => (
          <FormSelectOption key={role} value={role} label={role} />
        ))}
      </FormSelect>
      <FieldHelp id={`${id}-help`}>{roles.find(({ role }) => role === value)?.may}</FieldHelp>
    </FormGroup>
  );
}
