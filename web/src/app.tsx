import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter, RouterProvider } from "react-router";
import { ApiError } from "./api/http";
import { ToastProvider } from "./components/Toasts";
import { Layout } from "./layout/Layout";
import { Account } from "./pages/account/Account";
import { Administrators } from "./pages/admins/Administrators";
import { ApiKeys } from "./pages/apikeys/ApiKeys";
import { Logs } from "./pages/audit/Logs";
import { Crashed } from "./pages/Crashed";
import { EventFeed } from "./pages/events/EventFeed";
import { GroupMembers, GroupOverview, GroupPage, GroupScim } from "./pages/groups/GroupPage";
import { Groups } from "./pages/groups/Groups";
import { NotFound } from "./pages/NotFound";
import { Overview } from "./pages/overview/Overview";
import { Requests } from "./pages/requests/Requests";
import { CreateSource } from "./pages/sources/create/CreateSource";
import { SourceList } from "./pages/sources/SourceList";
import { SourceOverview } from "./pages/sources/SourceOverview";
import { SourcePage } from "./pages/sources/SourcePage";
import { SourceSettings } from "./pages/sources/SourceSettings";
import { SourceChangelog, SourceGroups, SourceRequests, SourceSetup, SourceUsers } from "./pages/sources/SourceTabs";
import { Tokens } from "./pages/tokens/Tokens";
import { UserGroups, UserOverview, UserPage, UserRequests, UserScim } from "./pages/users/UserPage";
import { Users } from "./pages/users/Users";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // A refusal stays a refusal; only a server that did not answer is asked again.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status > 0 && error.status < 500),
    },
  },
});

const router = createBrowserRouter(
  [
    {
      Component: Layout,
      ErrorBoundary: Crashed,
      children: [
        { index: true, Component: Overview },
        { path: "directory/users", Component: Users },
        {
          path: "directory/users/:id",
          Component: UserPage,
          children: [
            { index: true, Component: UserOverview },
            { path: "scim", Component: UserScim },
            { path: "groups", Component: UserGroups },
            { path: "requests", Component: UserRequests },
          ],
        },
        { path: "directory/groups", Component: Groups },
        {
          path: "directory/groups/:id",
          Component: GroupPage,
          children: [
            { index: true, Component: GroupOverview },
            { path: "members", Component: GroupMembers },
            { path: "scim", Component: GroupScim },
          ],
        },
        { path: "directory/federation", Component: SourceList },
        { path: "directory/federation/new", Component: CreateSource },
        {
          path: "directory/federation/:slug",
          Component: SourcePage,
          children: [
            { index: true, Component: SourceOverview },
            { path: "setup", Component: SourceSetup },
            { path: "requests", Component: SourceRequests },
            { path: "users", Component: SourceUsers },
            { path: "groups", Component: SourceGroups },
            { path: "changelog", Component: SourceChangelog },
            { path: "settings", Component: SourceSettings },
          ],
        },
        { path: "directory/tokens", Component: Tokens },
        { path: "events/logs", Component: Logs },
        { path: "events/feed", Component: EventFeed },
        { path: "events/requests", Component: Requests },
        { path: "system/administrators", Component: Administrators },
        { path: "system/api-keys", Component: ApiKeys },
        { path: "account", Component: Account },
        { path: "*", Component: NotFound },
      ],
    },
  ],
  { basename: "/admin" },
);

export function App() {
  return (
    <QueryClientProvider client={client}>
      <ToastProvider>
        <RouterProvider router={router} />
      </ToastProvider>
    </QueryClientProvider>
  );
}
