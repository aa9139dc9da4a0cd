import { Content, ExpandableSection } from "@patternfly/react-core";
import type { Source } from "../../api/shapes";
import { CopyChip } from "../../components/CopyChip";

/** What to look at when the identity provider does not get through. */
export function NothingYet({ source }: { source: Source }) {
  const url = new URL(source.base_url);
  const local = /^(localhost|127\.|\[::1\])/.test(url.host);
  return (
    <ExpandableSection toggleText="Nothing happens?" className="roster-nothing-yet">
      <Content component="ul">
        <li>
          {local
            ? `${url.host} is this machine only. Start Roster with --public-url and an address that the identity provider reaches.`
            : `The identity provider must reach ${url.host} from where it runs: check DNS and firewalls.`}
        </li>
        {url.protocol === "http:" && <li>Cloud identity providers insist on https. Put a TLS proxy in front.</li>}
        <li>Many identity providers send users only some time after their connection test.</li>
        <li>
          Try it by hand, with the token in <code>$TOKEN</code>:{" "}
          <CopyChip
            label="curl command"
            value={`curl -H "Authorization: Bearer $TOKEN" ${source.base_url}/ServiceProviderConfig`}
          />
        </li>
      </Content>
    </ExpandableSection>
  );
}
