import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { DesktopIcon, MoonIcon, SunIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useTheme, type Theme } from "./theme";

const choices = [
  { theme: "system", text: "As the system", icon: <DesktopIcon /> },
  { theme: "light", text: "Light", icon: <SunIcon /> },
  { theme: "dark", text: "Dark", icon: <MoonIcon /> },
] as const;

export function ThemeMenu() {
  const [theme, choose] = useTheme();
  const [open, setOpen] = useState(false);
  const current = choices.find((choice) => choice.theme === theme) ?? choices[0];
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={(_, value) => {
        choose(value as Theme);
        setOpen(false);
      }}
      popperProps={{ position: "right", appendTo: "inline" }}
      shouldFocusToggleOnSelect
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          aria-label={`Theme: ${current.text}`}
          isExpanded={open}
          onClick={() => setOpen(!open)}
        >
          {current.icon}
        </MenuToggle>
      )}
    >
      <DropdownList>
        {choices.map((choice) => (
          <DropdownItem key={choice.theme} value={choice.theme} icon={choice.icon} isSelected={choice.theme === theme}>
            {choice.text}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}
