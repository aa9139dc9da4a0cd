import { Card, CardBody, CardHeader, CardTitle, Gallery } from "@patternfly/react-core";
import type { Preset } from "../../api/types";

/** A preset's mark: its initials. Vendors' logos are their own, and nothing is fetched from elsewhere. */
export function PresetMark({ id, name }: { id: string; name: string }) {
  const initials = id === "generic" ? "S" : name.replace(/^Microsoft /, "").slice(0, 1);
  return (
    <span className={`roster-mark roster-mark-${id}`} aria-hidden="true">
      {initials}
    </span>
  );
}

interface Props {
  presets: Preset[];
  selected?: string;
  onSelect(preset: Preset): void;
}

/** Radio cards: one identity provider of many. */
export function PresetTiles({ presets, selected, onSelect }: Props) {
  return (
    <Gallery hasGutter minWidths={{ default: "100%", sm: "13rem" }} role="radiogroup" aria-label="Identity provider">
      {presets.map((preset) => (
        <Card key={preset.id} id={`preset-${preset.id}`} isCompact isSelectable isSelected={selected === preset.id}>
          <CardHeader
            selectableActions={{
              selectableActionId: `preset-input-${preset.id}`,
              selectableActionAriaLabelledby: `preset-title-${preset.id}`,
              name: "preset",
              variant: "single",
              onChange: () => onSelect(preset),
              isHidden: true,
            }}
          >
            <CardTitle id={`preset-title-${preset.id}`}>
              <span className="roster-tile-title">
                <PresetMark id={preset.id} name={preset.name} />
                {preset.name}
              </span>
            </CardTitle>
          </CardHeader>
          <CardBody className="roster-muted">{preset.description}</CardBody>
        </Card>
      ))}
    </Gallery>
  );
}
