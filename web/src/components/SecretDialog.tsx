import { Button, Content, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { useId, useRef } from "react";
import { copyText } from "./clipboard";
import { useToasts } from "./Toasts";

interface Props {
  title: string;
  /** Names the value for screen readers. */
  label: string;
  secret: string;
  children: string;
  onClose(): void;
}

/** Shows a secret, selected, so that it can be copied by hand where the clipboard is out of reach. */
export function SecretDialog({ title, label, secret, children, onClose }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const toasts = useToasts();
  const copy = async () => {
    if (await copyText(secret)) {
      toasts.success(`${label} copied to your clipboard`);
      return;
    }
    input.current?.focus();
    input.current?.select();
  };
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby={`${id}-title`} elementToFocus={`[id="${id}"]`}>
      <ModalHeader title={title} labelId={`${id}-title`} />
      <ModalBody>
        <Content component="p">{children}</Content>
        <TextInput
          id={id}
          ref={input}
          value={secret}
          readOnlyVariant="default"
          aria-label={label}
          className="roster-mono"
          onFocus={(event) => (event.target as HTMLInputElement).select()}
        />
      </ModalBody>
      <ModalFooter>
        <Button onClick={copy}>Copy</Button>
        <Button variant="link" onClick={onClose}>
          Close
        </Button>
      </ModalFooter>
    </Modal>
  );
}
