import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import afterhours.test.Afterhours;
import java.util.LongSummaryStatistics;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A start and a reset are fast enough for every test. The best of several tries counts, so that a busy machine passes. */
@Isolated
class SpeedTest {
    /** Prints how long the tries took, and returns the shortest in milliseconds. */
    private static double best(String what, LongStream nanoseconds) {
        LongSummaryStatistics all = nanoseconds.summaryStatistics();
        System.out.printf(
                "%s: best %.1f ms, mean %.1f ms, worst %.1f ms of %d%n",
                what, all.getMin() / 1e6, all.getAverage() / 1e6, all.getMax() / 1e6, all.getCount());
        return all.getMin() / 1e6;
    }

    @Test
    void start() {
        var best = best("start of a server", LongStream.range(0, 10).map(i -> {
            var began = System.nanoTime();
            try (var server = Afterhours.builder().flags("--query-time", "3s").start()) {
                return System.nanoTime() - began;
            }
        }));
        assertTrue(best < 200, best + " ms");
    }

    @Test
    void resetOfAThousandStatistics() {
        var rows = IntStream.range(0, 1000).mapToObj(ServerTest::row).toArray(String[]::new);
        try (var server = Afterhours.start(); var tenant = server.tenant()) {
            var best = best("reset of 1,000 statistics", LongStream.range(0, 20).map(i -> {
                tenant.put(rows);
                assertEquals("focus-0999", tenant.get("focus-0999").get("id"));
                var began = System.nanoTime();
                tenant.reset();
                return System.nanoTime() - began;
            }));
            assertTrue(best < 20, best + " ms");
        }
    }
}
