import { Button, type ButtonProps } from "@patternfly/react-core";
import { useHref, useLinkClickHandler } from "react-router";

/** A link that looks like a button. */
export function LinkButton({ to, ...props }: Omit<ButtonProps, "ref"> & { to: string }) {
  const href = useHref(to);
  const follow = useLinkClickHandler<HTMLAnchorElement>(to);
  return (
    <Button
      {...props}
      component="a"
      href={href}
      onClick={(event) => follow(event as unknown as React.MouseEvent<HTMLAnchorElement>)}
    />
  );
}
