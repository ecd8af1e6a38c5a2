// Sends the documented PATCH for each id on standard input; see ../presets.
import { AllowedHostsValidator, BaseBearerTokenAuthenticationProvider, Duration } from "@microsoft/kiota-abstractions";
import { createGraphBetaServiceClient, GraphBetaRequestAdapter } from "@microsoft/msgraph-beta-sdk";
import { mint, observe } from "../presets/observe.js";
import "./users.js";

let token;
const adapter = new GraphBetaRequestAdapter(
  new BaseBearerTokenAuthenticationProvider({
    getAuthorizationToken: async (_, context) => {
      if (!token || context?.claims) {
        token = await mint();
      }
      return token;
    },
    getAllowedHostsValidator: () => new AllowedHostsValidator(),
  }),
);
adapter.baseUrl = `${process.env.AFTERHOURS_URL}/beta`;
const statistics = createGraphBetaServiceClient(adapter).me.analytics.activityStatistics;

await observe(
  (id) =>
    statistics.byActivityStatisticsId(id).patch({ odataType: "#microsoft.graph.callActivityStatistics", duration: Duration.parse("PT1H") }),
  // An ODataError is a plain object in this SDK.
  (error) => ({
    error: error.errorEscaped ? "ODataError" : error.constructor.name,
    status: error.responseStatusCode,
    code: error.errorEscaped?.code,
  }),
);
