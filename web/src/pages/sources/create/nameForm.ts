import { useState } from "react";
import type { Policies, Preset } from "../../../api/shapes";
import { slugify } from "../../../components/format";

/** The fields of the Name step, and how they follow each other until the person edits them. */
export function useNameForm(presets: Preset[], presetAtStart: string) {
  const [typedName, setName] = useState<string>();
  const [typedSlug, setSlug] = useState<string>();
  const [chosen, setChosen] = useState<string>();
  const [policies, setPolicies] = useState<Policies>();

  const preset = presets.find(({ id }) => id === (chosen ?? presetAtStart));
  // A chosen identity provider names the source, unless the person did.
  const name = typedName ?? (preset && preset.id !== "generic" ? preset.name : "");
  const slug = typedSlug ?? (typedName === undefined && preset && name ? preset.id : slugify(name));
  return {
    name,
    slug,
    preset: preset?.id ?? "generic",
    policies,
    setName: (value: string) => setName(value),
    setSlug: (value: string) => setSlug(value === "" ? undefined : value),
    setPreset: (id: string) => {
      setChosen(id);
      if (typedName?.trim() === "") setName(undefined);
    },
    setPolicies,
  };
}
