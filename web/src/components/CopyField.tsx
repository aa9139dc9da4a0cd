import { Button, FormGroup, InputGroup, InputGroupItem, TextInput } from "@patternfly/react-core";
import { CheckIcon, CopyIcon } from "@patternfly/react-icons";
import { useEffect, useId, useRef, useState } from "react";
import { copyText } from "./clipboard";
import { useToasts } from "./Toasts";

/** A read-only value with a button that copies it. Without a clipboard the value is selected instead. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const toasts = useToasts();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 3000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (await copyText(value)) {
      setCopied(true);
      toasts.success(`${label} copied`);
      return;
    }
    input.current?.focus();
    input.current?.select();
    toasts.info("The browser does not allow copying", "The value is selected: press Ctrl+C or ⌘C.");
  };
  return (
    <FormGroup label={label} fieldId={id}>
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            id={id}
            ref={input}
            value={value}
            readOnlyVariant="default"
            className="roster-mono"
            onFocus={(event) => (event.target as HTMLInputElement).select()}
          />
        </InputGroupItem>
        <InputGroupItem>
          <Button variant="control" icon={copied ? <CheckIcon /> : <CopyIcon />} onClick={copy}>
            <span className="pf-v6-screen-reader">Copy {label}</span>
          </Button>
        </InputGroupItem>
      </InputGroup>
    </FormGroup>
  );
}
