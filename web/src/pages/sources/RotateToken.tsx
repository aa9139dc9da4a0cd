import { Button, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, Radio } from "@patternfly/react-core";
import { useState } from "react";
import { useRotateToken, type Rotation } from "../../api/sources";
import type { Source } from "../../api/shapes";
import { SecretDialog } from "../../components/SecretDialog";
import { fullTime } from "../../components/format";
import { useToasts } from "../../components/Toasts";

const overlaps = [
  { value: "24h", label: "24 hours", help: "Time to enter the new token in the identity provider." },
  { value: "168h", label: "7 days", help: "When somebody else has to do it." },
  { value: "0", label: "End it now", help: "When the token may have leaked. Provisioning stops until the new one is entered." },
];

/** A new token beside the old one, so that nothing stops while the identity provider is told. */
export function RotateToken({ source, onClose }: { source: Source; onClose(): void }) {
  const [overlap, setOverlap] = useState("24h");
  const [made, setMade] = useState<Rotation>();
  const rotate = useRotateToken(source.slug);
  const toasts = useToasts();
  if (made) {
    return (
      <SecretDialog title="The new token" label="Token" secret={made.token} onClose={onClose}>
        {overlap === "0" || !made.previous_expires_at
          ? "Enter it in the identity provider now: the old token has ended."
          : `Enter it in the identity provider. The old token stays valid until ${fullTime(new Date(made.previous_expires_at))}.`}
      </SecretDialog>
    );
  }
  const submit = () =>
    rotate.mutate(overlap, {
      onSuccess: setMade,
      onError: (cause) => toasts.failure("The token could not be rotated", cause),
    });
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="rotate-title">
      <ModalHeader title="Rotate token" labelId="rotate-title" />
      <ModalBody>
        <Form id="rotate-form" onSubmit={(event) => event.preventDefault()}>
          <FormGroup role="radiogroup" label={`The old token of ${source.name} stays valid for`} isStack>
            {overlaps.map(({ value, label, help }) => (
              <Radio
                key={value}
                id={`overlap-${value}`}
                name="overlap"
                label={label}
                description={help}
                isChecked={overlap === value}
                onChange={() => setOverlap(value)}
              />
            ))}
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button isLoading={rotate.isPending} isDisabled={rotate.isPending} onClick={submit}>
          Rotate token
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
