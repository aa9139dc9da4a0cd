import { useId, type ReactNode } from "react";

export interface Choice {
  value: string;
  title: string;
  description: string;
  mark?: ReactNode;
}

interface Props {
  label: string;
  choices: Choice[];
  value: string;
  onChange(value: string): void;
}

/** One of several, each with a sentence about it. Native radio buttons: arrow keys choose. */
export function RadioCards({ label, choices, value, onChange }: Props) {
  const id = useId();
  return (
    <div role="radiogroup" aria-label={label} className="roster-radio-cards">
      {choices.map((choice) => (
        <label key={choice.value} className="roster-radio-card">
          <input
            type="radio"
            name={id}
            value={choice.value}
            checked={choice.value === value}
            aria-labelledby={`${id}-${choice.value}-title`}
            aria-describedby={`${id}-${choice.value}-text`}
            onChange={() => onChange(choice.value)}
          />
          <span>
            <span className="roster-tile-title" id={`${id}-${choice.value}-title`}>
              {choice.mark}
              <strong>{choice.title}</strong>
            </span>
            <span className="roster-muted roster-block" id={`${id}-${choice.value}-text`}>
              {choice.description}
            </span>
          </span>
        </label>
      ))}
    </div>
  );
}
