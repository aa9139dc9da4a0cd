import { CopyIcon } from "@patternfly/react-icons";
import type { ButtonProps } from "@patternfly/react-core";
import { useState } from "react";
import { ActionButton } from "./ActionButton";
import { copyText } from "./clipboard";
import { SecretDialog } from "./SecretDialog";
import { useToasts } from "./Toasts";

interface Props {
  /** Fetches the token; the server records each call in the audit log. */
  reveal(): Promise<string>;
  text?: string;
  label?: string;
  variant?: ButtonProps["variant"];
  isInline?: boolean;
}

export function CopyTokenButton({ reveal, text = "Click to copy token", label, variant = "secondary", isInline }: Props) {
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState<string>();
  const copy = async () => {
    setBusy(true);
    try {
      const token = await reveal();
      if (await copyText(token)) toasts.success("The token has been copied to your clipboard");
      else setShown(token);
    } catch (cause) {
      toasts.failure("The token could not be fetched", cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <ActionButton
        needs="see or rotate tokens"
        variant={variant}
        isInline={isInline}
        icon={<CopyIcon />}
        aria-label={label}
        aria-busy={busy}
        onClick={copy}
      >
        {text}
      </ActionButton>
      {shown && (
        <SecretDialog title="Copy the token" label="Token" secret={shown} onClose={() => setShown(undefined)}>
          The browser does not let Roster write to the clipboard. The token is selected: press Ctrl+C or ⌘C to copy it.
        </SecretDialog>
      )}
    </>
  );
}
