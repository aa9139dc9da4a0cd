import {
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  Page,
  PageToggleButton,
  SkipToContent,
} from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { Link, Outlet, type LinkProps } from "react-router";
import { AccountMenu } from "./AccountMenu";
import { Brand } from "./Brand";
import { Sidebar } from "./Sidebar";
import { ThemeMenu } from "./ThemeMenu";
import { Unreachable } from "./Unreachable";

/** From this width on the sidebar stands beside the page; below, it is a drawer over it. PatternFly's "xl". */
const wide = window.matchMedia("(min-width: 75rem)");

export function Layout() {
  const [open, setOpen] = useSidebar();
  const closeDrawer = () => {
    if (!wide.matches) setOpen(false);
  };
  const masthead = (
    <Masthead display={{ default: "inline" }}>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton
            isHamburgerButton
            aria-label={open ? "Hide navigation" : "Show navigation"}
            aria-controls="sidebar"
            isSidebarOpen={open}
            onSidebarToggle={() => setOpen(!open)}
            id="nav-toggle"
          />
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={HomeLink}>
            <Brand />
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <div className="roster-masthead-end">
          <ThemeMenu />
          <AccountMenu />
        </div>
      </MastheadContent>
    </Masthead>
  );
  return (
    <Page
      masthead={masthead}
      sidebar={<Sidebar open={open} onNavigate={closeDrawer} />}
      skipToContent={
        <SkipToContent
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById("main")?.focus();
          }}
        >
          Skip to content
        </SkipToContent>
      }
      isContentFilled
      mainContainerId="main"
      mainTabIndex={-1}
    >
      <Unreachable />
      <Outlet />
    </Page>
  );
}

const HomeLink = (props: Omit<LinkProps, "to">) => <Link {...props} to="/" />;

/** Open where there is room. As a drawer it takes the focus, and Esc closes it. */
function useSidebar(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(wide.matches);
  useEffect(() => {
    const follow = () => setOpen(wide.matches);
    wide.addEventListener("change", follow);
    return () => wide.removeEventListener("change", follow);
  }, []);
  useEffect(() => {
    if (!open || wide.matches) return;
    document.querySelector<HTMLElement>("#sidebar a")?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      document.getElementById("nav-toggle")?.focus();
    };
    const onPress = (event: PointerEvent) => {
      if ((event.target as Element).closest("main")) setOpen(false);
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("pointerdown", onPress);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("pointerdown", onPress);
    };
  }, [open]);
  return [open, setOpen];
}
