import { Button } from "@patternfly/react-core";
import { CopyIcon } from "@patternfly/react-icons";
import type { ReactNode } from "react";
import { copyText } from "./clipboard";
import { useToasts } from "./Toasts";

const shownAtMost = 256 * 1024;
const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON to read and to copy. Text is shown as text, never as markup; what is too long to show can still be copied. */
export function JsonView({ label, value }: { label: string; value: unknown }) {
  const toasts = useToasts();
  const text = pretty(value);
  const copy = async () => {
    if (await copyText(text)) toasts.success(`${label} copied`);
    else toasts.info("The browser does not allow copying", "Select the text and press Ctrl+C or ⌘C.");
  };
  return (
    <div className="roster-json">
      <Button className="roster-json-copy" variant="plain" aria-label={`Copy ${label}`} icon={<CopyIcon />} onClick={copy} />
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{highlight(text.slice(0, shownAtMost))}</code>
      </pre>
      {text.length > shownAtMost && <p>Only the first 256 KiB are shown; copying takes all of it.</p>}
    </div>
  );
}

function pretty(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, null, 2) ?? "";
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

function highlight(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let done = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > done) parts.push(text.slice(done, match.index));
    const [whole, string, colon] = match;
    if (string) {
      parts.push(
        <span key={match.index} className={colon ? "roster-json-key" : "roster-json-string"}>
          {string}
        </span>,
        colon,
      );
    } else {
      parts.push(
        <span key={match.index} className="roster-json-literal">
          {whole}
        </span>,
      );
    }
    done = match.index + whole.length;
  }
  parts.push(text.slice(done));
  return parts;
}
