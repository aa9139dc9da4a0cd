import { FormGroup, TextInput } from "@patternfly/react-core";
import { useId, type ReactNode } from "react";
import { FieldHelp } from "./FieldHelp";

interface Props {
  label: string;
  value: string;
  onChange(value: string): void;
  type?: "text" | "email" | "password" | "date";
  optional?: boolean;
  error?: string;
  autoComplete?: string;
  children?: ReactNode;
}

/** A label, a line of text, and help or an error below it. */
export function TextField({ label, value, onChange, type = "text", optional, error, autoComplete, children }: Props) {
  const id = useId();
  return (
    <FormGroup label={optional ? `${label} (optional)` : label} fieldId={id}>
      <TextInput
        id={id}
        type={type}
        isRequired={!optional}
        autoComplete={autoComplete ?? "off"}
        value={value}
        validated={error ? "error" : "default"}
        aria-describedby={`${id}-help`}
        onChange={(_, next) => onChange(next)}
      />
      <FieldHelp id={`${id}-help`} error={error}>
        {children}
      </FieldHelp>
    </FormGroup>
  );
}
