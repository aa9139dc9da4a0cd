export { Logs } from "./audit/Logs";
export { ReceiverPage } from "./receivers/ReceiverPage";
export { Receivers } from "./receivers/Receivers";
export { EventFeed } from "./events/EventFeed";
export { Requests } from "./requests/Requests";
