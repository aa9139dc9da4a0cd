export { Tokens } from "../tokens/Tokens";
export { CreateSource } from "./create/CreateSource";
export { SourceList } from "./SourceList";
export { SourceOverview } from "./SourceOverview";
export { SourcePage } from "./SourcePage";
export { SourceSettings } from "./SourceSettings";
export { SourceChangelog, SourceGroups, SourceRequests, SourceSetup, SourceUsers } from "./SourceTabs";
