import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { createBrowserRouter, RouterProvider } from "react-router";
import { ApiError } from "./api/http";
import { ToastProvider } from "./components/Toasts";
import { Layout } from "./layout/Layout";
import { Crashed } from "./pages/Crashed";
import { NotFound } from "./pages/NotFound";
import { Overview } from "./pages/overview/Overview";

/* Each part of the console is loaded when it is first opened. */
const sources = () => import("./pages/sources");
const users = () => import("./pages/users");
const groups = () => import("./pages/groups");
const activity = () => import("./pages/activity");
const system = () => import("./pages/system");

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // A refusal stays a refusal; only a server that did not answer is asked again.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status > 0 && error.status < 500),
    },
  },
});

/** One page of a part, for the router. */
function page<Part, Name extends keyof Part>(load: () => Promise<Part>, name: Name) {
  return async () => ({ Component: (await load())[name] as ComponentType });
}

const router = createBrowserRouter(
  [
    {
      Component: Layout,
      ErrorBoundary: Crashed,
      HydrateFallback: () => null,
      children: [
        { index: true, Component: Overview },
        { path: "directory/users", lazy: page(users, "Users") },
        {
          path: "directory/users/:id",
          lazy: page(users, "UserPage"),
          children: [
            { index: true, lazy: page(users, "UserOverview") },
            { path: "scim", lazy: page(users, "UserScim") },
            { path: "groups", lazy: page(users, "UserGroups") },
            { path: "requests", lazy: page(users, "UserRequests") },
          ],
        },
        { path: "directory/groups", lazy: page(groups, "Groups") },
        {
          path: "directory/groups/:id",
          lazy: page(groups, "GroupPage"),
          children: [
            { index: true, lazy: page(groups, "GroupOverview") },
            { path: "members", lazy: page(groups, "GroupMembers") },
            { path: "scim", lazy: page(groups, "GroupScim") },
          ],
        },
        { path: "directory/federation", lazy: page(sources, "SourceList") },
        { path: "directory/federation/new", lazy: page(sources, "CreateSource") },
        {
          path: "directory/federation/:slug",
          lazy: page(sources, "SourcePage"),
          children: [
            { index: true, lazy: page(sources, "SourceOverview") },
            { path: "setup", lazy: page(sources, "SourceSetup") },
            { path: "requests", lazy: page(sources, "SourceRequests") },
            { path: "users", lazy: page(sources, "SourceUsers") },
            { path: "groups", lazy: page(sources, "SourceGroups") },
            { path: "changelog", lazy: page(sources, "SourceChangelog") },
            { path: "settings", lazy: page(sources, "SourceSettings") },
          ],
        },
        { path: "directory/tokens", lazy: page(sources, "Tokens") },
        { path: "events/logs", lazy: page(activity, "Logs") },
        { path: "events/feed", lazy: page(activity, "EventFeed") },
        { path: "events/requests", lazy: page(activity, "Requests") },
        { path: "events/receivers", lazy: page(activity, "Receivers") },
        { path: "events/receivers/:id", lazy: page(activity, "ReceiverPage") },
        { path: "system/administrators", lazy: page(system, "Administrators") },
        { path: "system/api-keys", lazy: page(system, "ApiKeys") },
        { path: "account", lazy: page(system, "Account") },
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
