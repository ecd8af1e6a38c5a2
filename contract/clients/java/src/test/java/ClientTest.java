import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import afterhours.ApiClient;
import afterhours.ApiException;
import afterhours.api.StatisticsApi;
import afterhours.api.StatisticsApi.APICreateMyStatisticRequest;
import afterhours.api.StatisticsApi.APIGetMyStatisticRequest;
import afterhours.api.StatisticsApi.APIListMyStatisticsRequest;
import afterhours.api.StatisticsApi.APIUpdateMyStatisticRequest;
import afterhours.model.ActivityStatistics;
import afterhours.model.ActivityStatisticsCreate;
import afterhours.model.ActivityStatisticsUpdate;
import afterhours.model.AnalyticsActivityType;
import afterhours.model.CallActivityStatistics;
import afterhours.model.CallActivityStatisticsCreate;
import afterhours.model.ChatActivityStatistics;
import afterhours.model.EmailActivityStatistics;
import afterhours.model.Error;
import afterhours.model.ErrorBody;
import afterhours.model.ErrorCode;
import afterhours.model.ErrorDetail;
import afterhours.model.ErrorDetailCode;
import afterhours.model.FocusActivityStatistics;
import afterhours.model.MeetingActivityStatistics;
import afterhours.model.TypeName;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The client that openapi-generator makes, against a server. */
class ClientTest {
    private static ApiClient connect(String token) {
        var client = new ApiClient();
        client.updateBaseUri(System.getenv("AFTERHOURS_URL") + "/beta");
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        return client;
    }

    private final ApiClient client = connect(System.getenv("AFTERHOURS_TOKEN"));
    private final StatisticsApi statistics = new StatisticsApi(client);

    private CallActivityStatistics create(String id) throws ApiException {
        var call = new CallActivityStatisticsCreate()
                .atOdataType(CallActivityStatisticsCreate.AtOdataTypeEnum._MICROSOFT_GRAPH_CALL_ACTIVITY_STATISTICS)
                .id(id)
                .activity(AnalyticsActivityType.CALL)
                .startDate(LocalDate.parse("2019-06-16"))
                .endDate(LocalDate.parse("2019-06-17"))
                .timeZoneUsed("Pacific Standard Time")
                .duration("PT1H30M")
                .afterHours("PT30S");
        var created = statistics.createMyStatistic(
                APICreateMyStatisticRequest.newBuilder().activityStatisticsCreate(new ActivityStatisticsCreate(call)).build());
        return created.getCallActivityStatistics();
    }

    private CallActivityStatistics read(String id) throws ApiException {
        var read = statistics.getMyStatistic(APIGetMyStatisticRequest.newBuilder().activityStatisticsId(id).build());
        return assertInstanceOf(CallActivityStatistics.class, read.getActualInstance());
    }

    private CallActivityStatistics update(String id, String ifMatch, ActivityStatisticsUpdate change) throws ApiException {
        var request = APIUpdateMyStatisticRequest.newBuilder().activityStatisticsId(id).ifMatch(ifMatch).activityStatisticsUpdate(change);
        return statistics.updateMyStatistic(request.build()).getCallActivityStatistics();
    }

    /** The error of a request that must be refused, which the generator leaves as text. */
    private ErrorBody refusal(int status, Executable request) throws Exception {
        var thrown = assertThrows(ApiException.class, request);
        assertEquals(status, thrown.getCode());
        return client.getObjectMapper().readValue(thrown.getResponseBody(), Error.class).getError();
    }

    /** What a statistic has beyond the common properties, by its type. */
    private static List<String> own(ActivityStatistics statistic) {
        var actual = statistic.getActualInstance();
        if (actual instanceof CallActivityStatistics s) {
            return Arrays.asList(s.getAfterHours());
        } else if (actual instanceof ChatActivityStatistics s) {
            return Arrays.asList(s.getAfterHours());
        } else if (actual instanceof EmailActivityStatistics s) {
            return Arrays.asList(s.getAfterHours(), s.getReadEmail(), s.getSentEmail());
        } else if (actual instanceof MeetingActivityStatistics s) {
            return Arrays.asList(
                    s.getAfterHours(), s.getConflicting(), s.getLong(), s.getMultitasking(), s.getOrganized(), s.getRecurring());
        }
        assertInstanceOf(FocusActivityStatistics.class, actual);
        return List.of();
    }

    @Test
    void createdAndRead() throws Exception {
        var created = create("java-read");
        var call = read("java-read");
        assertEquals(created.getAtOdataEtag(), call.getAtOdataEtag());
        assertEquals(AnalyticsActivityType.CALL, call.getActivity());
        assertEquals(LocalDate.parse("2019-06-16"), call.getStartDate());
        assertEquals("PT1H30M", call.getDuration());
        assertEquals("PT30S", call.getAfterHours());
    }

    @Test
    void theDocumentedPatch() throws Exception {
        create("java-patch");
        var change = new ActivityStatisticsUpdate()
                .atOdataType(TypeName._MICROSOFT_GRAPH_CALL_ACTIVITY_STATISTICS)
                .activity(AnalyticsActivityType.CALL)
                .startDate(LocalDate.parse("2019-06-18"))
                .endDate(LocalDate.parse("2019-06-19"))
                .timeZoneUsed("Time Zone Used value")
                .duration("-PT1M55.0810357S")
                .afterHours("-PT1M34.3242013S");
        var updated = update("java-patch", null, change);
        var call = read("java-patch");
        assertEquals(updated.getAtOdataEtag(), call.getAtOdataEtag());
        assertEquals(LocalDate.parse("2019-06-18"), call.getStartDate());
        assertEquals("Time Zone Used value", call.getTimeZoneUsed());
        assertEquals("-PT1M55.0810357S", call.getDuration());
        assertEquals("-PT1M34.3242013S", call.getAfterHours());
    }

    @Test
    void patchTellsAbsentFromNull() throws Exception {
        create("java-merge");
        var change = new ActivityStatisticsUpdate().afterHours(null).timeZoneUsed("UTC");
        assertFalse(change.getDuration_JsonNullable().isPresent());
        update("java-merge", null, change);
        var call = read("java-merge");
        assertNull(call.getAfterHours());
        assertEquals("UTC", call.getTimeZoneUsed());
        assertEquals("PT1H30M", call.getDuration());
    }

    /** The value of a query option in a link. */
    private static String option(String name, URI link) {
        return Stream.of(link.getRawQuery().split("&"))
                .filter(option -> option.startsWith(name + "="))
                .map(option -> URLDecoder.decode(option.substring(name.length() + 1), StandardCharsets.UTF_8))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void pages() throws Exception {
        var sizes = new ArrayList<Integer>();
        var ids = new HashSet<String>();
        URI link = null;
        do {
            var request = APIListMyStatisticsRequest.newBuilder().$filter("activity eq 'Focus' or activity eq 'Email'").$top(4);
            if (link != null) {
                request.$skiptoken(option("$skiptoken", link));
            }
            var page = statistics.listMyStatistics(request.build());
            sizes.add(page.getValue().size());
            for (var statistic : page.getValue()) {
                ids.add(statistic.getActualInstance() instanceof EmailActivityStatistics email
                        ? email.getId()
                        : statistic.getFocusActivityStatistics().getId());
            }
            link = page.getAtOdataNextLink();
        } while (link != null);
        assertEquals(List.of(4, 4, 4, 2), sizes);
        assertEquals(14, ids.size()); // two a day
    }

    @Test
    void theFiveTypes() throws Exception {
        var page = statistics.listMyStatistics(
                APIListMyStatisticsRequest.newBuilder().$filter("startDate gt 2020-01-01").$count(true).build());
        assertEquals(35, page.getAtOdataCount());
        var sizes = new TreeMap<String, Long>();
        for (var statistic : page.getValue()) {
            var type = statistic.getActualInstance().getClass().getSimpleName().replace("ActivityStatistics", "");
            sizes.put(type, own(statistic).stream().filter(duration -> duration != null).count());
        }
        assertEquals(Map.of("Call", 1L, "Chat", 1L, "Email", 3L, "Focus", 0L, "Meeting", 6L), sizes);
    }

    @Test
    void entityTags() throws Exception {
        var stale = create("java-etag").getAtOdataEtag();
        var fresh = update("java-etag", stale, new ActivityStatisticsUpdate().timeZoneUsed("first")).getAtOdataEtag();
        assertNotEquals(stale, fresh);
        var second = new ActivityStatisticsUpdate().timeZoneUsed("second");
        assertEquals(ErrorCode.RESOURCE_MODIFIED, refusal(412, () -> update("java-etag", stale, second)).getCode());
        assertEquals("first", read("java-etag").getTimeZoneUsed());
        update("java-etag", fresh, second);
        assertEquals("second", read("java-etag").getTimeZoneUsed());
    }

    @Test
    void errors() throws Exception {
        create("java-errors");
        var change = new ActivityStatisticsUpdate().duration("an hour").startDate(null);
        var faulty = refusal(400, () -> update("java-errors", null, change));
        var details = faulty.getDetails().stream().collect(Collectors.toMap(ErrorDetail::getTarget, ErrorDetail::getCode));
        assertEquals(Map.of("duration", ErrorDetailCode.INVALID_VALUE), details);
        assertEquals(ErrorCode.RESOURCE_NOT_FOUND, refusal(404, () -> read("missing")).getCode());
        var stranger = new StatisticsApi(connect("none"));
        var unknown = refusal(401, () -> stranger.listMyStatistics(APIListMyStatisticsRequest.newBuilder().build()));
        assertEquals(ErrorCode.INVALID_AUTHENTICATION_TOKEN, unknown.getCode());
        assertFalse(unknown.getInnerError().getRequestId().isEmpty());
    }
}
