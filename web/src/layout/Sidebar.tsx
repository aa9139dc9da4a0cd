import { Nav, NavGroup, NavItem, PageSidebar, PageSidebarBody } from "@patternfly/react-core";
import { NavLink, useLocation } from "react-router";

const groups = [
  { title: "Dashboards", items: [{ to: "/", text: "Overview" }] },
  {
    title: "Directory",
    items: [
      { to: "/directory/users", text: "Users" },
      { to: "/directory/groups", text: "Groups" },
      { to: "/directory/federation", text: "Federation & Social login" },
      { to: "/directory/tokens", text: "Tokens and App passwords" },
    ],
  },
  {
    title: "Events",
    items: [
      { to: "/events/logs", text: "Logs" },
      { to: "/events/feed", text: "Change feed" },
      { to: "/events/requests", text: "SCIM Requests" },
      { to: "/events/receivers", text: "Event receivers" },
    ],
  },
  {
    title: "System",
    items: [
      { to: "/system/administrators", text: "Administrators" },
      { to: "/system/api-keys", text: "API keys" },
    ],
  },
];

export function Sidebar({ open, onNavigate }: { open: boolean; onNavigate(): void }) {
  const path = useLocation().pathname;
  return (
    <PageSidebar isSidebarOpen={open} className={open ? "pf-m-expanded" : undefined} id="sidebar">
      <PageSidebarBody>
        <Nav aria-label="Console" onSelect={onNavigate}>
          {groups.map((group) => (
            <NavGroup key={group.title} title={group.title}>
              {group.items.map(({ to, text }) => (
                <NavItem key={to} isActive={to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`)}>
                  <NavLink to={to} end={to === "/"}>
                    {text}
                  </NavLink>
                </NavItem>
              ))}
            </NavGroup>
          ))}
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
