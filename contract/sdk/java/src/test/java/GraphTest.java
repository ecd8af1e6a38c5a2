import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.graph.beta.models.ActivityStatistics;
import com.microsoft.graph.beta.models.ActivityStatisticsCollectionResponse;
import com.microsoft.graph.beta.models.AnalyticsActivityType;
import com.microsoft.graph.beta.models.CallActivityStatistics;
import com.microsoft.graph.beta.models.Settings;
import com.microsoft.graph.beta.models.UserAnalytics;
import com.microsoft.graph.beta.models.odataerrors.MainError;
import com.microsoft.graph.beta.models.odataerrors.ODataError;
import com.microsoft.graph.beta.serviceclient.GraphServiceClient;
import com.microsoft.graph.beta.users.item.analytics.activitystatistics.ActivityStatisticsRequestBuilder;
import com.microsoft.graph.core.content.BatchRequestContent;
import com.microsoft.graph.core.tasks.PageIterator;
import com.microsoft.kiota.PeriodAndDuration;
import com.microsoft.kiota.authentication.AccessTokenProvider;
import com.microsoft.kiota.authentication.AllowedHostsValidator;
import com.microsoft.kiota.authentication.BaseBearerTokenAuthenticationProvider;
import com.microsoft.kiota.http.middleware.options.HeadersInspectionOption;
import java.net.URI;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The beta SDK for Java over http. */
class GraphTest {
    private static final String URL = System.getenv("AFTERHOURS_URL");

    /** A token as it is, for any host. */
    record Token(String token) implements AccessTokenProvider {
        @Override
        public String getAuthorizationToken(URI uri, Map<String, Object> context) {
            return token;
        }

        @Override
        public AllowedHostsValidator getAllowedHostsValidator() {
            return new AllowedHostsValidator();
        }
    }

    private static GraphServiceClient connect(String variable) {
        var client = new GraphServiceClient(new BaseBearerTokenAuthenticationProvider(new Token(System.getenv(variable))));
        client.getRequestAdapter().setBaseUrl(URL + "/beta");
        return client;
    }

    private final GraphServiceClient client = connect("AFTERHOURS_TOKEN");
    private final ActivityStatisticsRequestBuilder statistics = client.me().analytics().activityStatistics();

    private static CallActivityStatistics call(String id) {
        var call = new CallActivityStatistics();
        if (id != null) {
            call.setId(id);
        }
        call.setActivity(AnalyticsActivityType.Call);
        call.setStartDate(LocalDate.parse("2019-06-16"));
        call.setEndDate(LocalDate.parse("2019-06-17"));
        call.setTimeZoneUsed("Pacific Standard Time");
        call.setDuration(PeriodAndDuration.parse("PT1H30M"));
        call.setAfterHours(PeriodAndDuration.parse("PT30S"));
        return call;
    }

    /** The error of a request that must be refused. */
    private static MainError refusal(int status, Executable request) {
        var error = assertThrows(ODataError.class, request);
        assertEquals(status, error.getResponseStatusCode());
        assertNotNull(error.getError().getCode());
        assertFalse(error.getError().getMessage().isEmpty());
        assertNotNull(error.getError().getInnerError().getRequestId());
        return error.getError();
    }

    @Test
    void listsTheDemoWeek() {
        var page = statistics.get(request -> request.queryParameters.top = 1000);
        var demo = page.getValue().stream().filter(s -> s.getStartDate().getYear() > 2019).toList();
        assertEquals(35, demo.size());
        for (var s : demo) {
            assertEquals(s.getActivity() + "ActivityStatistics", s.getClass().getSimpleName());
            assertNotNull(s.getDuration());
        }
    }

    @Test
    void createReadDelete() {
        assertEquals("java-crud", statistics.post(call("java-crud")).getId());
        var read = assertInstanceOf(CallActivityStatistics.class, statistics.byActivityStatisticsId("java-crud").get());
        assertEquals(PeriodAndDuration.parse("PT1H30M"), read.getDuration());
        assertEquals(PeriodAndDuration.parse("PT30S"), read.getAfterHours());
        assertEquals(LocalDate.parse("2019-06-16"), read.getStartDate());
        statistics.byActivityStatisticsId("java-crud").delete();
        refusal(404, () -> statistics.byActivityStatisticsId("java-crud").get());
    }

    /** The SDK writes -PT1M55.0810357S as PT-1M-55.0810357S: the same duration. */
    @Test
    void theDocumentedPatch() {
        statistics.post(call("java-patch"));
        var change = call(null);
        change.setStartDate(LocalDate.parse("2019-06-18"));
        change.setEndDate(LocalDate.parse("2019-06-19"));
        change.setTimeZoneUsed("Time Zone Used value");
        change.setDuration(PeriodAndDuration.parse("-PT1M55.0810357S"));
        change.setAfterHours(PeriodAndDuration.parse("-PT1M34.3242013S"));
        var item = statistics.byActivityStatisticsId("java-patch");
        for (var answer : List.of(item.patch(change), item.get())) {
            assertEquals(PeriodAndDuration.parse("-PT1M55.0810357S"), answer.getDuration());
            assertEquals(PeriodAndDuration.parse("-PT1M34.3242013S"), ((CallActivityStatistics) answer).getAfterHours());
            assertEquals(LocalDate.parse("2019-06-19"), answer.getEndDate());
            assertEquals("Time Zone Used value", answer.getTimeZoneUsed());
        }
    }

    @Test
    void patchMerges() {
        statistics.post(call("java-merge"));
        var item = statistics.byActivityStatisticsId("java-merge");
        var read = item.get();
        assertEquals(read.getDuration(), item.patch(read).getDuration());
        var clear = new CallActivityStatistics();
        clear.setTimeZoneUsed(null); // set to null and not set are two things to this SDK
        clear.setAfterHours(null);
        var cleared = (CallActivityStatistics) item.patch(clear);
        assertNull(cleared.getTimeZoneUsed());
        assertNull(cleared.getAfterHours());
        assertEquals(PeriodAndDuration.parse("PT1H30M"), cleared.getDuration());
        assertEquals("java-merge", item.patch(new CallActivityStatistics()).getId());
    }

    @Test
    void pagesToTheEnd() throws Exception {
        var app = connect("AFTERHOURS_APP_TOKEN");
        var theirs = app.users().byUserId("7f1e3c6a-2b5d-4c8e-9a01-c1a551c00004").analytics().activityStatistics();
        var ids = IntStream.range(0, 110).mapToObj(i -> String.format("page-%03d", i)).toList();
        ids.forEach(id -> theirs.post(call(id)));
        var page = theirs.get(request -> request.queryParameters.top = 25);
        assertEquals(25, page.getValue().size());
        var found = new ArrayList<String>();
        new PageIterator.Builder<ActivityStatistics, ActivityStatisticsCollectionResponse>()
                .client(app)
                .collectionPage(page)
                .collectionPageFactory(ActivityStatisticsCollectionResponse::createFromDiscriminatorValue)
                .processPageItemCallback(s -> found.add(s.getId()))
                .build()
                .iterate();
        assertEquals(ids, found);
    }

    @Test
    void preconditionFailedAfterAChange() {
        var seen = new HeadersInspectionOption(false, true);
        statistics.post(call("java-etag"), request -> request.options.add(seen));
        var tag = seen.getResponseHeaders().get("ETag").iterator().next();
        var item = statistics.byActivityStatisticsId("java-etag");
        var change = new CallActivityStatistics();
        change.setTimeZoneUsed("UTC");
        item.patch(change, request -> request.headers.add("If-Match", tag));
        refusal(412, () -> item.patch(call(null), request -> request.headers.add("If-Match", tag)));
    }

    @Test
    void refusalsHaveCodeAndMessage() {
        assertTrue(refusal(404, () -> statistics.byActivityStatisticsId("missing").get()).getCode().contains("NotFound"));
        statistics.post(call("java-twice"));
        refusal(409, () -> statistics.post(call("java-twice")));
        var change = new CallActivityStatistics();
        change.getAdditionalData().put("nonsense", 1);
        var faulty = refusal(400, () -> statistics.byActivityStatisticsId("java-twice").patch(change));
        assertEquals("nonsense", faulty.getDetails().get(0).getTarget());
        var old = connect("AFTERHOURS_OLD_TOKEN").me().analytics().activityStatistics();
        assertEquals("InvalidAuthenticationToken", refusal(401, () -> old.get()).getCode());
    }

    @Test
    void filterOrderbySelectCount() {
        var focus = statistics.get(request -> {
            request.queryParameters.filter = "activity eq 'Focus' and duration gt duration'PT0S'";
            request.queryParameters.orderby = new String[] {"startDate desc"};
            request.queryParameters.count = true;
        });
        assertEquals(5, focus.getValue().size()); // on each working day
        assertEquals(5, focus.getOdataCount());
        var dates = focus.getValue().stream().map(ActivityStatistics::getStartDate).toList();
        assertEquals(dates.stream().sorted(Comparator.reverseOrder()).toList(), dates);
        var slim = statistics.get(request -> {
            request.queryParameters.filter = "activity eq 'Call'";
            request.queryParameters.select = new String[] {"id", "duration"};
        });
        assertTrue(slim.getValue().size() >= 7);
        for (var s : slim.getValue()) {
            assertInstanceOf(CallActivityStatistics.class, s);
            assertNotNull(s.getId());
            assertNull(s.getStartDate());
        }
        assertTrue(statistics.count().get() >= 35);
    }

    @Test
    void batch() throws Exception {
        statistics.post(call("java-batch"));
        var item = statistics.byActivityStatisticsId("java-batch");
        var change = new CallActivityStatistics();
        change.setDuration(PeriodAndDuration.parse("-PT1M55.0810357S"));
        var batch = new BatchRequestContent(client);
        var read = batch.addBatchRequestStep(item.toGetRequestInformation());
        var write = batch.addBatchRequestStep(item.toPatchRequestInformation(change));
        var delete = batch.addBatchRequestStep(item.toDeleteRequestInformation());
        var again = batch.addBatchRequestStep(item.toGetRequestInformation());
        batch.getBatchRequestSteps().get(write).addDependsOnId(read);
        batch.getBatchRequestSteps().get(delete).addDependsOnId(write);
        batch.getBatchRequestSteps().get(again).addDependsOnId(delete);
        var answer = client.getBatchRequestBuilder().post(batch, Map.of("XXX", ODataError::createFromDiscriminatorValue));
        assertEquals(Map.of(read, 200, write, 200, delete, 204, again, 404), Map.copyOf(answer.getResponsesStatusCode()));
        var written = answer.getResponseById(write, CallActivityStatistics::createFromDiscriminatorValue);
        assertEquals(PeriodAndDuration.parse("-PT1M55.0810357S"), written.getDuration());
    }

    @Test
    void settings() {
        var analytics = client.me().analytics().get(request -> request.queryParameters.expand = new String[] {"activityStatistics"});
        assertEquals(false, analytics.getSettings().getHasOptedOut());
        assertTrue(analytics.getActivityStatistics().size() >= 35);
        var change = new UserAnalytics();
        var settings = new Settings();
        settings.setHasLicense(true);
        change.setSettings(settings);
        assertEquals(true, client.me().analytics().patch(change).getSettings().getHasLicense());
    }
}
