export { Account } from "./account/Account";
export { Administrators } from "./admins/Administrators";
export { ApiKeys } from "./apikeys/ApiKeys";
