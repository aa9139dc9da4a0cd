import { useEffect, useRef } from "react";

/** Gives the focus to a step's heading when the wizard moves to it, so that it is read out. */
export function useStepFocus() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return heading;
}
