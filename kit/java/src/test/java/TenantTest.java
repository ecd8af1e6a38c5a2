import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import afterhours.control.DataApi;
import afterhours.test.Afterhours;
import afterhours.test.AfterhoursException;
import afterhours.test.Tenant;
import com.microsoft.graph.beta.models.CallActivityStatistics;
import com.microsoft.graph.beta.models.odataerrors.ODataError;
import com.microsoft.graph.beta.users.item.analytics.activitystatistics.ActivityStatisticsRequestBuilder;
import com.microsoft.kiota.PeriodAndDuration;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a tenant offers to a test, with the official SDK as the code under test. */
class TenantTest {
    @RegisterExtension
    static final Afterhours afterhours = Afterhours.start();

    private static final Map<String, Object> CALL = Map.of(
            "@odata.type", "#microsoft.graph.callActivityStatistics",
            "id", "kit",
            "activity", "Call",
            "startDate", "2019-06-16",
            "endDate", "2019-06-17",
            "duration", "PT1H30M",
            "afterHours", "PT30S");

    private final Tenant tenant;
    private final ActivityStatisticsRequestBuilder statistics;

    TenantTest(Tenant tenant) {
        this.tenant = tenant;
        statistics = Graph.statistics(Graph.connect(afterhours, tenant::token));
    }

    private static int status(Runnable request) {
        return assertThrows(ODataError.class, request::run).getResponseStatusCode();
    }

    @Test
    void created() {
        statistics.post(Graph.call("kit"));
        var read = tenant.get("kit");
        assertEquals("PT1H30M", read.get("duration"));
        assertEquals("#microsoft.graph.callActivityStatistics", read.get("@odata.type"));
    }

    /** The change of Graph's documentation. */
    @Test
    void documentedPatch() {
        tenant.put(List.of(CALL));
        var change = Graph.change("-PT1M55.0810357S");
        change.setStartDate(LocalDate.parse("2019-06-18"));
        change.setEndDate(LocalDate.parse("2019-06-19"));
        change.setTimeZoneUsed("Time Zone Used value");
        change.setAfterHours(PeriodAndDuration.parse("-PT1M34.3242013S"));
        var answer = (CallActivityStatistics) statistics.byActivityStatisticsId("kit").patch(change);
        assertEquals(PeriodAndDuration.parse("-PT1M34.3242013S"), answer.getAfterHours());
        var read = tenant.get("kit");
        assertEquals("-PT1M55.0810357S", read.get("duration"));
        assertEquals("2019-06-19", read.get("endDate"));
        assertEquals("Time Zone Used value", read.get("timeZoneUsed"));
    }

    @Test
    void preconditionFailed() {
        tenant.put(List.of(CALL));
        var tag = (String) tenant.get("kit").get("@odata.etag");
        var item = statistics.byActivityStatisticsId("kit");
        item.patch(Graph.change("PT2H"), request -> request.headers.add("If-Match", tag));
        assertEquals(412, status(() -> item.patch(Graph.change("PT3H"), request -> request.headers.add("If-Match", tag))));
        assertEquals("PT2H", tenant.get("kit").get("duration"));
    }

    @Test
    void putTakesJsonAndReplaces() {
        tenant.put(List.of(CALL));
        tenant.put("""
                {"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "kit", "activity": "Call",
                 "startDate": "2019-06-16", "endDate": "2019-06-17", "duration": "PT2H"}""", """
                {"@odata.type": "#microsoft.graph.focusActivityStatistics", "id": "focus~1.2", "activity": "Focus",
                 "startDate": "2019-06-16", "endDate": "2019-06-17", "duration": "PT3H"}""");
        assertEquals("PT2H", tenant.get("kit").get("duration"));
        assertEquals("PT3H", tenant.get("focus~1.2").get("duration"));
        assertEquals(2, statistics.count().get());
    }

    @Test
    void refusalsSayWhatIsWrong() {
        var wrong = new HashMap<>(CALL);
        wrong.put("duration", "an hour");
        var refused = assertThrows(AfterhoursException.class, () -> tenant.put(List.of(wrong)));
        assertTrue(refused.getMessage().contains("statistic 1, duration: "), refused.getMessage());
        var missing = assertThrows(AfterhoursException.class, () -> tenant.get("kit"));
        assertTrue(missing.getMessage().contains("404") && missing.getMessage().contains("'kit'"), missing.getMessage());
        var noJson = assertThrows(AfterhoursException.class, () -> tenant.put("{"));
        assertTrue(noJson.getMessage().contains("no JSON"), noJson.getMessage());
        var unknown = assertThrows(AfterhoursException.class, () -> tenant.token(t -> t.expiresIn("an hour")));
        assertTrue(unknown.getMessage().contains("expiresIn"), unknown.getMessage());
    }

    @Test
    void tokens() {
        tenant.put(List.of(CALL));
        var reader = Graph.statistics(Graph.connect(afterhours, () -> tenant.token(t -> t.scopes(List.of("Analytics.Read")))));
        assertEquals("kit", reader.byActivityStatisticsId("kit").get().getId());
        assertEquals(403, status(() -> reader.byActivityStatisticsId("kit").delete()));
        var old = Graph.statistics(Graph.connect(afterhours, () -> tenant.token(t -> t.expiresIn("-PT1H"))));
        assertEquals(401, status(() -> old.get()));
        var stranger = "0e42d4ca-e886-4908-a0b8-c7520e360aa4";
        var other = Graph.statistics(Graph.connect(afterhours, () -> tenant.token(t -> t.user(stranger))));
        assertEquals(0, other.get().getValue().size());
        var application = Graph.connect(afterhours, () -> tenant.token(t -> t.roles(List.of("Analytics.Read.All"))));
        var theirs = application.users().byUserId(tenant.user()).analytics().activityStatistics();
        assertEquals(1, theirs.get().getValue().size());
    }

    @Test
    void resetEmptiesTheTenant() {
        statistics.post(Graph.call("kit"));
        assertEquals(1, tenant.requests(r -> r.method("POST").count(1).within("PT5S")).size());
        tenant.reset();
        assertEquals(List.of(), tenant.requests());
        assertEquals(404, status(() -> statistics.byActivityStatisticsId("kit").get()));
    }

    @Test
    void snapshots() {
        tenant.put(List.of(CALL));
        try (var before = tenant.snapshot()) {
            var item = statistics.byActivityStatisticsId("kit");
            item.delete();
            before.restore();
            assertEquals("PT1H30M", tenant.get("kit").get("duration"));
            item.patch(Graph.change("PT2H"));
        }
        assertEquals("PT1H30M", tenant.get("kit").get("duration"));
    }

    @Test
    void requestsAreOfThisTenant() {
        var another = Graph.statistics(Graph.connect(afterhours, afterhours.tenant()::token));
        another.get();
        statistics.post(Graph.call("kit"));
        status(() -> statistics.byActivityStatisticsId("kid").get());
        var seen = tenant.requests(r -> r.count(2).within("PT5S"));
        assertEquals(List.of(201, 404), seen.stream().map(r -> r.getStatus()).toList());
        assertTrue(seen.get(1).getNotFound().contains("kid"), seen.get(1).getNotFound());
        assertEquals(1, tenant.requests(r -> r.status(404).count(1).within("PT5S")).size());
        assertTrue(seen.get(0).getHeaders().get("SdkVersion").startsWith("graph-java"), seen.get(0).getHeaders().toString());
    }

    private static final List<Tenant> TENANTS = Collections.synchronizedList(new ArrayList<>());
    private static Tenant ofTheClass;

    @BeforeAll
    static void keep(Tenant tenant) {
        ofTheClass = tenant;
        tenant.put(List.of(CALL));
    }

    @AfterAll
    static void kept(Tenant tenant) {
        assertEquals(ofTheClass, tenant);
        assertEquals("kit", tenant.get("kit").get("id"));
        assertEquals(3, TENANTS.stream().map(Tenant::id).distinct().count());
        assertEquals(3, TENANTS.stream().map(Tenant::user).distinct().count());
        for (var done : TENANTS) {
            assertEquals(List.of(), done.requests()); // the extension has reset it
            assertThrows(AfterhoursException.class, () -> done.get("kit"));
        }
    }

    @BeforeEach
    void sameTenant(Tenant another) {
        assertEquals(tenant, another);
        assertNotEquals(ofTheClass, another);
    }

    @RepeatedTest(3)
    void aTenantForEachTest(Tenant again) {
        assertEquals(tenant, again);
        TENANTS.add(tenant);
        assertEquals(404, status(() -> statistics.byActivityStatisticsId("kit").get()));
        statistics.post(Graph.call("kit"));
        assertEquals(2, tenant.requests(r -> r.count(2).within("PT5S")).size());
    }

    @Test
    void closedTenantHasNothing() {
        var brief = afterhours.tenant();
        try (brief) {
            brief.put(List.of(CALL));
            assertEquals("kit", brief.get("kit").get("id"));
        }
        assertThrows(AfterhoursException.class, () -> brief.get("kit"));
    }

    @Test
    void controlReachesTheRest() throws Exception {
        assertTrue(new DataApi(afterhours.control()).listSnapshots().getValue() != null);
        var ready = HttpRequest.newBuilder(URI.create(afterhours.url() + "/readyz")).build();
        assertEquals(200, afterhours.httpClient().send(ready, BodyHandlers.discarding()).statusCode());
    }
}
