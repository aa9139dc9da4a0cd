import { Content } from "@patternfly/react-core";
import { Fragment, type ReactNode } from "react";
import { revealSourceToken, usePresets } from "../../api/sources";
import type { Source } from "../../api/shapes";
import { CopyChip } from "../../components/CopyChip";
import { CopyTokenButton } from "../../components/CopyTokenButton";

/** The clicks to make in the identity provider, with this source's values in place. */
export function Guide({ source }: { source: Source }) {
  const presets = usePresets().data;
  const preset = presets?.find(({ id }) => id === source.preset) ?? presets?.find(({ id }) => id === "generic");
  if (!preset) return null;
  return (
    <ol className="roster-guide">
      {preset.guide.map((step) => (
        <li key={step.title}>
          <strong>{step.title}</strong>
          {step.text.split(/\n+/).map((line, n) => (
            <Content component="p" key={n}>
              {inline(line, source)}
            </Content>
          ))}
        </li>
      ))}
    </ol>
  );
}

/** Fills in {{url}} and {{token}}, and renders **menu names** and `values`; everything else is plain text. */
function inline(line: string, source: Source): ReactNode[] {
  return line.split(/(\{\{\w+\}\}|\*\*[^*]+\*\*|`[^`]+`)/).map((part, n) => {
    if (part === "{{url}}") return <CopyChip key={n} label="SCIM Base URL" value={source.base_url} />;
    if (part === "{{token}}") {
      return (
        <CopyTokenButton
          key={n}
          variant="link"
          isInline
          text="copy the token"
          reveal={() => revealSourceToken(source.slug)}
        />
      );
    }
    if (part.startsWith("**")) return <strong key={n}>{part.slice(2, -2)}</strong>;
    if (part.startsWith("`")) return <code key={n}>{part.slice(1, -1)}</code>;
    return <Fragment key={n}>{part}</Fragment>;
  });
}
