import { useEffect, useState } from "react";

export type Theme = "system" | "light" | "dark";

const storageKey = "roster.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

/** The theme that the person chose, kept in this browser; public/theme.js applies it before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(stored);
  useEffect(() => {
    const apply = () => {
      const dark = theme === "dark" || (theme === "system" && system.matches);
      document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
    };
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [theme]);
  const choose = (next: Theme) => {
    setTheme(next);
    try {
      localStorage.setItem(storageKey, next);
    } catch {
      // Storage is off: the choice lasts as long as the page.
    }
  };
  return [theme, choose];
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(storageKey);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}
