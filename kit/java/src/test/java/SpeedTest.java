import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import afterhours.test.Afterhours;
import java.util.LongSummaryStatistics;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A start and a reset are fast enough for every test. The best try counts, so that a busy machine passes. */
@Isolated
class SpeedTest {
    /** Tries at least 10 times, and on a busy machine up to 60 times until one is below the limit. Prints the figures. */
    private static void below(double limit, String what, LongSupplier nanoseconds) {
        var tries = new LongSummaryStatistics();
        while (tries.getCount() < 10 || tries.getCount() < 60 && tries.getMin() / 1e6 >= limit) {
            tries.accept(nanoseconds.getAsLong());
        }
        var best = tries.getMin() / 1e6;
        System.out.printf("%s: best %.1f ms, mean %.1f ms of %d%n", what, best, tries.getAverage() / 1e6, tries.getCount());
        assertTrue(best < limit, what + ": " + best + " ms");
    }

    @Test
    void start() {
        below(200, "start of a server", () -> {
            var began = System.nanoTime();
            try (var server = Afterhours.builder().flags("--query-time", "3s").start()) {
                return System.nanoTime() - began;
            }
        });
    }

    @Test
    void resetOfAThousandStatistics() {
        var rows = IntStream.range(0, 1000).mapToObj(ServerTest::row).toArray(String[]::new);
        try (var server = Afterhours.start(); var tenant = server.tenant()) {
            below(20, "reset of 1,000 statistics", () -> {
                tenant.put(rows);
                assertEquals("focus-0999", tenant.get("focus-0999").get("id"));
                var began = System.nanoTime();
                tenant.reset();
                return System.nanoTime() - began;
            });
        }
    }
}
