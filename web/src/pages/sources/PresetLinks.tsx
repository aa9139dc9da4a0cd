import { Link } from "react-router";
import { usePresets } from "../../api/sources";
import { PresetMark } from "./PresetMark";

/** The way into the wizard with the identity provider already chosen, for pages that have nothing else to show. */
export function PresetLinks() {
  const presets = usePresets().data ?? [];
  return (
    <ul className="roster-preset-links" aria-label="Identity providers">
      {presets.map(({ id, name }) => (
        <li key={id}>
          <Link to={`/directory/federation/new?step=name&preset=${id}`}>
            <PresetMark id={id} name={name} />
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
