import { Form, FormGroup } from "@patternfly/react-core";
import { revealSourceToken } from "../../api/sources";
import type { Source } from "../../api/shapes";
import { CopyField } from "../../components/CopyField";
import { CopyTokenButton } from "../../components/CopyTokenButton";
import { usableToken } from "./tokens";

/** The two values that an identity provider asks for. */
export function Connection({ source }: { source: Source }) {
  const token = usableToken(source.tokens);
  return (
    <Form onSubmit={(event) => event.preventDefault()}>
      <CopyField label="SCIM Base URL" value={source.base_url} />
      <FormGroup label="Token" role="group" fieldId="token">
        <span className="roster-token">
          {token && <code aria-label={`ends in ${token.last4}`}>••••{token.last4}</code>}
          <CopyTokenButton reveal={() => revealSourceToken(source.slug)} />
        </span>
      </FormGroup>
    </Form>
  );
}
