import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import afterhours.control.model.FaultAnswer;
import afterhours.control.model.FaultMatch;
import afterhours.control.model.PresetName;
import afterhours.test.Afterhours;
import afterhours.test.AfterhoursException;
import afterhours.test.Tenant;
import com.microsoft.graph.beta.models.odataerrors.ODataError;
import com.microsoft.graph.core.content.BatchRequestContent;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the official SDK does when requests fail. */
class FaultTest {
    @RegisterExtension
    static final Afterhours afterhours = Afterhours.start();

    /** The SDK retries by itself, after the seconds of Retry-After. */
    @Test
    void throttledAndRetried(Tenant tenant) {
        var statistics = Graph.statistics(Graph.connect(afterhours, tenant::token));
        statistics.post(Graph.call("kit"));
        tenant.fail(PresetName.THROTTLED, 2);
        statistics.byActivityStatisticsId("kit").patch(Graph.change("PT2H"));
        assertEquals("PT2H", tenant.get("kit").get("duration"));
        var seen = tenant.requests(r -> r.method("PATCH").count(3).within("PT5S"));
        assertEquals(List.of(429, 429, 200), seen.stream().map(r -> r.getStatus()).toList());
        assertEquals(List.of(false, true, true), seen.stream().map(r -> r.getHeaders().containsKey("Retry-Attempt")).toList());
        assertEquals(List.of(1, 1, 0), seen.stream().map(r -> r.getFaults() == null ? 0 : r.getFaults().size()).toList());
    }

    /** Nobody retries an item of a batch: the code under test must. */
    @Test
    void throttledInABatch(Tenant tenant) throws Exception {
        var client = Graph.connect(afterhours, tenant::token);
        var statistics = Graph.statistics(client);
        statistics.post(Graph.call("kit"));
        var fault = tenant.fail(rule -> rule.match(new FaultMatch().method(FaultMatch.MethodEnum.PATCH))
                .times(1)
                .answer(new FaultAnswer().status(429).retryAfter(1.0)));
        var item = statistics.byActivityStatisticsId("kit");
        var batch = new BatchRequestContent(client);
        var read = batch.addBatchRequestStep(item.toGetRequestInformation());
        var write = batch.addBatchRequestStep(item.toPatchRequestInformation(Graph.change("PT2H")));
        var answer = client.getBatchRequestBuilder().post(batch, Map.of("XXX", ODataError::createFromDiscriminatorValue));
        assertEquals(Map.of(read, 200, write, 429), Map.copyOf(answer.getResponsesStatusCode()));
        assertEquals("PT1H30M", tenant.get("kit").get("duration"));
        var seen = tenant.requests(r -> r.method("PATCH").count(1).within("PT5S"));
        assertEquals(List.of(fault.getId()), seen.get(0).getFaults());
    }

    /** The SDK asks for a new token, with the claims of the challenge, and sends the request again. */
    @Test
    void claimsChallenge(Tenant tenant) {
        var old = tenant.token(t -> t.cae(true));
        var claims = new ArrayList<String>();
        var statistics = Graph.statistics(Graph.connect(afterhours, new Graph.Tokens(context -> {
            if (!context.containsKey("claims")) {
                return old;
            }
            claims.add((String) context.get("claims"));
            return tenant.token(t -> t.cae(true));
        })));
        statistics.post(Graph.call("kit"));
        tenant.fail(PresetName.CAE, 1);
        assertEquals("kit", statistics.byActivityStatisticsId("kit").get().getId());
        assertEquals(1, claims.size());
        var asked = new String(Base64.getDecoder().decode(claims.get(0)));
        assertTrue(asked.startsWith("{\"access_token\":{\"nbf\":"), asked);
        var seen = tenant.requests(r -> r.method("GET").count(2).within("PT5S"));
        assertEquals(List.of(401, 200), seen.stream().map(r -> r.getStatus()).toList());
    }

    @Test
    void resetRemovesRules(Tenant tenant) {
        var statistics = Graph.statistics(Graph.connect(afterhours, tenant::token));
        tenant.fail(PresetName.QUOTA, 5);
        assertEquals(507, assertThrows(ODataError.class, () -> statistics.post(Graph.call("kit"))).getResponseStatusCode());
        tenant.reset();
        statistics.post(Graph.call("kit"));
    }

    @Test
    void wrongRuleNamesTheField(Tenant tenant) {
        var wrong = new FaultAnswer().status(200);
        var refused = assertThrows(AfterhoursException.class, () -> tenant.fail(rule -> rule.times(0).answer(wrong)));
        assertTrue(refused.getMessage().contains("times") && refused.getMessage().contains("status"), refused.getMessage());
    }
}
