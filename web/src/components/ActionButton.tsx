import { Button, Tooltip, type ButtonProps } from "@patternfly/react-core";
import { useMay, type Permission } from "../api/permissions";

interface Props extends ButtonProps {
  /** What the act needs; without it the button stays visible, is off, and says why. */
  needs?: Permission;
}

export function ActionButton({ needs, ...props }: Props) {
  const may = useMay(needs);
  if (may) return <Button {...props} />;
  return (
    <Tooltip content={`Your role may not ${needs}.`}>
      <Button {...props} onClick={undefined} isAriaDisabled />
    </Tooltip>
  );
}
