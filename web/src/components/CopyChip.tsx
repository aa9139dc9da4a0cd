import { CopyIcon } from "@patternfly/react-icons";
import { copyText } from "./clipboard";
import { useToasts } from "./Toasts";

/** A value in running text that a click copies. */
export function CopyChip({ label, value }: { label: string; value: string }) {
  const toasts = useToasts();
  const copy = async () => {
    if (await copyText(value)) toasts.success(`${label} copied`);
    else toasts.info("The browser does not allow copying", value);
  };
  return (
    <button type="button" className="roster-chip" onClick={copy}>
      <span className="pf-v6-screen-reader">Copy {label}: </span>
      {value} <CopyIcon />
    </button>
  );
}
