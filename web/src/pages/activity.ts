export { Logs } from "./audit/Logs";
export { EventFeed } from "./events/EventFeed";
export { Requests } from "./requests/Requests";
