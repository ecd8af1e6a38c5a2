// The names that this package gives to the types of the two contracts. A tenant fills in its own id.
import type { components, operations } from "./generated/control.js";
import type { components as graph } from "./generated/graph.js";

type Control = components["schemas"];

/** A statistic as the API shows it. Its `@odata.type` says which of the five it is. */
export type Statistic = graph["schemas"]["activityStatistics"];
/** A statistic to store. It needs an id, or both dates, from which the id is made. */
export type NewStatistic = graph["schemas"]["activityStatisticsCreate"];
export type TokenRequest = Omit<Control["tokenRequest"], "tenant">;
export type Preset = Control["presetName"];
export type FaultMatch = Omit<Control["faultMatch"], "tenant">;
/** It is an object because any text would do otherwise: all properties are optional, and a text has one called match. */
export type FaultRule = object & Omit<Control["faultRule"], "match"> & { match?: FaultMatch };
export type Fault = Control["fault"];
export type RecordedRequest = Control["request"];
export type RequestFilter = Omit<NonNullable<operations["listRequests"]["parameters"]["query"]>, "tenant">;
