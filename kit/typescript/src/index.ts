export { Server, start, type StartOptions } from "./server.js";
export { Tenant, type FailOptions, type TenantOptions } from "./tenant.js";
export type * from "./types.js";
