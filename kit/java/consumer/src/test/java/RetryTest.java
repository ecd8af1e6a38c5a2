import static org.junit.jupiter.api.Assertions.assertEquals;

import afterhours.control.model.PresetName;
import afterhours.test.Afterhours;
import afterhours.test.Tenant;
import com.microsoft.graph.beta.models.CallActivityStatistics;
import com.microsoft.graph.beta.serviceclient.GraphServiceClient;
import com.microsoft.kiota.PeriodAndDuration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RetryTest {
    @RegisterExtension
    static final Afterhours afterhours = Afterhours.start();

    @Test
    void aThrottledChangeIsMade(Tenant tenant) {
        tenant.put("""
                {"@odata.type": "#microsoft.graph.callActivityStatistics", "id": "monday", "activity": "Call",
                 "startDate": "2026-11-16", "endDate": "2026-11-17", "duration": "PT1H30M"}""");
        tenant.fail(PresetName.THROTTLED, 1); // the next request gets 429

        // The code under test.
        var graph = new GraphServiceClient((request, context) ->
                request.headers.put("Authorization", Set.of("Bearer " + tenant.token())));
        graph.getRequestAdapter().setBaseUrl(afterhours.url() + "/beta");
        var change = new CallActivityStatistics();
        change.setDuration(PeriodAndDuration.parse("PT2H"));
        graph.me().analytics().activityStatistics().byActivityStatisticsId("monday").patch(change);

        assertEquals("PT2H", tenant.get("monday").get("duration"));
        var sent = tenant.requests(filter -> filter.method("PATCH").count(2).within("PT5S"));
        assertEquals(List.of(429, 200), sent.stream().map(request -> request.getStatus()).toList());
    }
}
