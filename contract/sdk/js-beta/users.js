// The fluent packages of this SDK (client.me, client.users) are not published to
// npm; the models, the client and its extension point are. This adds the builders
// for activityStatistics as the generator would have written them.
import { extendGraphBetaServiceClient } from "@microsoft/msgraph-beta-sdk";
import {
  createActivityStatisticsCollectionResponseFromDiscriminatorValue,
  createActivityStatisticsFromDiscriminatorValue,
  createUserAnalyticsFromDiscriminatorValue,
  serializeActivityStatistics,
  serializeUserAnalytics,
} from "@microsoft/msgraph-beta-sdk/models/index.js";
import { createODataErrorFromDiscriminatorValue } from "@microsoft/msgraph-beta-sdk/models/oDataErrors/index.js";

export const errorMappings = { XXX: createODataErrorFromDiscriminatorValue };
const queryParametersMapper = { count: "%24count", expand: "%24expand", filter: "%24filter", orderby: "%24orderby", search: "%24search", select: "%24select", skip: "%24skip", top: "%24top" };
const json = "application/json";

const answers = (uriTemplate, responseBodyFactory) => ({ uriTemplate, errorMappings, responseBodyContentType: json, adapterMethodName: "send", responseBodyFactory });
const takes = (uriTemplate, factory, serializer) => ({ ...answers(uriTemplate, factory), requestBodyContentType: json, requestBodySerializer: serializer, requestInformationContentSetMethod: "setContentFromParsable" });

const analytics = "{+baseurl}/users/{user%2Did}/analytics";
const list = `${analytics}/activityStatistics`;
const item = `${list}/{activityStatistics%2Did}`;

const itemRequests = {
  delete: { uriTemplate: item, errorMappings, responseBodyContentType: json, adapterMethodName: "sendNoResponseContent" },
  get: { ...answers(`${item}{?%24expand,%24select}`, createActivityStatisticsFromDiscriminatorValue), queryParametersMapper },
  patch: takes(item, createActivityStatisticsFromDiscriminatorValue, serializeActivityStatistics),
};
const listRequests = {
  get: { ...answers(`${list}{?%24count,%24expand,%24filter,%24orderby,%24search,%24select,%24skip,%24top}`, createActivityStatisticsCollectionResponseFromDiscriminatorValue), queryParametersMapper },
  post: takes(list, createActivityStatisticsFromDiscriminatorValue, serializeActivityStatistics),
};
const analyticsRequests = {
  get: { ...answers(`${analytics}{?%24expand,%24select}`, createUserAnalyticsFromDiscriminatorValue), queryParametersMapper },
  patch: takes(analytics, createUserAnalyticsFromDiscriminatorValue, serializeUserAnalytics),
};

const ofUser = {
  analytics: {
    requestsMetadata: analyticsRequests,
    navigationMetadata: {
      activityStatistics: {
        requestsMetadata: listRequests,
        navigationMetadata: { byActivityStatisticsId: { pathParametersMappings: ["activityStatistics%2Did"], requestsMetadata: itemRequests } },
      },
    },
  },
};

extendGraphBetaServiceClient({
  me: { navigationMetadata: ofUser },
  users: { navigationMetadata: { byUserId: { pathParametersMappings: ["user%2Did"], navigationMetadata: ofUser } } },
});
