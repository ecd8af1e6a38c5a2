import static org.junit.jupiter.api.Assertions.assertEquals;

import afterhours.control.model.FaultAnswer;
import afterhours.test.Afterhours;
import afterhours.test.Tenant;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Eight tests at once on one server. None sees anything of another. */
class EightTest {
    private static final int TESTS = 8;
    private static final CyclicBarrier ALL = new CyclicBarrier(TESTS);

    @RegisterExtension
    static final Afterhours afterhours = Afterhours.start();

    /** Waits until all eight tests have come this far, which they do only if they run in parallel. */
    private static void together() throws Exception {
        ALL.await(60, TimeUnit.SECONDS);
    }

    @RepeatedTest(TESTS)
    void nothingOfAnother(Tenant tenant, RepetitionInfo repetition) throws Exception {
        var number = repetition.getCurrentRepetition();
        var statistics = Graph.statistics(Graph.connect(afterhours, tenant::token));
        together();
        statistics.post(Graph.call("kit"));
        statistics.byActivityStatisticsId("kit").patch(Graph.change("PT" + number + "H"));
        together();
        assertEquals("PT" + number + "H", tenant.get("kit").get("duration"));
        assertEquals(1, tenant.requests(r -> r.method("PATCH").count(1).within("PT10S")).size());
        together();
        if (number % 2 == 0) { // these see their own throttling, and the others none
            tenant.fail(rule -> rule.times(2).answer(new FaultAnswer().status(429).retryAfter(0.01)));
        }
        together();
        statistics.byActivityStatisticsId("kit").patch(Graph.change("PT10H"));
        var expected = number % 2 == 0 ? List.of(200, 429, 429, 200) : List.of(200, 200);
        var seen = tenant.requests(r -> r.method("PATCH").count(expected.size()).within("PT10S"));
        assertEquals(expected, seen.stream().map(r -> r.getStatus()).toList());
        together();
        if (number % 2 == 0) {
            tenant.reset();
        }
        together();
        assertEquals(number % 2 == 0 ? 0 : 1, statistics.get().getValue().size());
    }
}
