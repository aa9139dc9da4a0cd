import { FormHelperText, HelperText, HelperTextItem } from "@patternfly/react-core";
import { ExclamationCircleIcon } from "@patternfly/react-icons";
import type { ReactNode } from "react";

/** The line below a field: help, or instead what is wrong. */
export function FieldHelp({ id, error, children }: { id: string; error?: string; children?: ReactNode }) {
  if (!error && !children) return null;
  return (
    <FormHelperText>
      <HelperText id={id} aria-live="polite">
        {error ? (
          <HelperTextItem variant="error" icon={<ExclamationCircleIcon />}>
            {error}
          </HelperTextItem>
        ) : (
          <HelperTextItem>{children}</HelperTextItem>
        )}
      </HelperText>
    </FormHelperText>
  );
}
