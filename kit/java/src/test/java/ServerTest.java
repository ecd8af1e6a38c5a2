import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import afterhours.control.DataApi;
import afterhours.control.model.Scope;
import afterhours.test.Afterhours;
import afterhours.test.AfterhoursException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How servers start, end, and fail to start. One after another, because each starts servers or JVMs of its own. */
@Execution(ExecutionMode.SAME_THREAD)
class ServerTest {
    /** A statistic in JSON, whose id ends with the number. */
    static String row(int number) {
        return """
                {"@odata.type":"#microsoft.graph.focusActivityStatistics","id":"focus-%04d","activity":"Focus",\
                "startDate":"2019-06-16","endDate":"2019-06-17","duration":"PT1H"}""".formatted(number);
    }

    private static String refusal(Afterhours.Builder builder) {
        return assertThrows(AfterhoursException.class, builder::start).getMessage();
    }

    @Test
    void sameOptionsShareAServer() {
        try (var one = Afterhours.builder().flags("--query-time", "6s").start();
                var two = Afterhours.builder().flags("--query-time", "7s").start();
                var again = Afterhours.builder().flags("--query-time", "6s").start()) {
            assertSame(one, again);
            assertNotEquals(one.url(), two.url());
        }
    }

    @Test
    void seedIsWhatAResetGoesBackTo(@TempDir Path folder) throws Exception {
        var tenant = "0b0a9c1e-5d0c-4a53-8a57-6f2b8f6f3b11";
        var user = "0e42d4ca-e886-4908-a0b8-c7520e360aa4";
        var seed = folder.resolve("seed.jsonl");
        Files.writeString(seed, """
                {"tenant":"%s","user":"%s","statistic":%s}""".formatted(tenant, user, row(1)));
        try (var seeded = Afterhours.builder().seed(seed).start(); var mine = seeded.tenant()) {
            var statistics = Graph.statistics(Graph.connect(seeded, () -> mine.token(t -> t.tenant(tenant).user(user))));
            statistics.byActivityStatisticsId("focus-0001").delete();
            new DataApi(seeded.control()).resetWithHttpInfo(new Scope().tenant(tenant));
            assertEquals("focus-0001", statistics.get().getValue().get(0).getId());
        }
    }

    @Test
    void demo() {
        try (var demo = Afterhours.builder().demo().start(); var mine = demo.tenant()) {
            var statistics = Graph.statistics(Graph.connect(demo, () -> mine.token(t -> t.tenant(null).user(null))));
            assertEquals(35, statistics.count().get());
        }
    }

    @Test
    void overHttps() {
        try (var secure = Afterhours.builder().tls().start(); var tenant = secure.tenant()) {
            assertTrue(secure.url().startsWith("https://"));
            assertTrue(Files.exists(secure.caFile().orElseThrow()));
            Graph.statistics(Graph.connect(secure, tenant::token)).post(Graph.call("kit"));
            assertEquals("kit", tenant.get("kit").get("id"));
        }
    }

    @Test
    void advanceExpiresTokens() {
        try (var own = Afterhours.builder().flags("--query-time", "8s").start();
                var tenant = own.tenant()) {
            var token = tenant.token();
            var statistics = Graph.statistics(Graph.connect(own, () -> token));
            statistics.get();
            var later = own.advance(Duration.ofHours(25));
            assertTrue(later.isAfter(OffsetDateTime.now().plusHours(24)));
            assertThrows(Exception.class, statistics::get);
            own.advance(Duration.ofHours(-25));
            statistics.get();
        }
    }

    @Test
    void endsAndLeavesNoFiles() throws Exception {
        var own = Afterhours.builder().tls().flags("--query-time", "9s").start();
        var folder = own.caFile().orElseThrow().getParent().getParent();
        assertTrue(folder.getFileName().toString().startsWith("afterhours-test"));
        own.close();
        assertFalse(Files.exists(folder));
    }

    @Test
    void errorsSayWhatIsWrong() {
        var missing = refusal(Afterhours.builder().program(Path.of("/no/such/program")));
        assertTrue(missing.contains("'/no/such/program'") && missing.contains("AFTERHOURS_BIN"), missing);
        var wrong = refusal(Afterhours.builder().flags("--no-such-flag"));
        assertTrue(wrong.contains("exit code 2") && wrong.contains("no-such-flag"), wrong);
        var seedless = refusal(Afterhours.builder().seed(Path.of("/no-such-seed.jsonl")));
        assertTrue(seedless.contains("/no-such-seed.jsonl"), seedless);
    }

    /** The variables with which a JVM starts are of that JVM, so these tests need another one. */
    private static Process child(Map<String, String> variables) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // A JVM that is killed leaves the folder with the log of its server. In target it is in nobody's way.
        var folder = "-Djava.io.tmpdir=" + Path.of("target").toAbsolutePath();
        var builder = new ProcessBuilder(java, folder, "-cp", System.getProperty("java.class.path"), Child.class.getName());
        builder.environment().putAll(variables);
        return builder.redirectErrorStream(true).start();
    }

    private static String printed(Map<String, String> variables) throws IOException {
        return new String(child(variables).getInputStream().readAllBytes());
    }

    /** Starts a server, prints the process id of it, and ends when its standard input does. */
    static final class Child {
        public static void main(String[] args) throws IOException {
            try (var tenant = Afterhours.start().tenant()) {
                tenant.put(row(1));
                System.out.println(tenant.get("focus-0001").get("id"));
            }
            ProcessHandle.current().children().forEach(server -> System.out.println("server " + server.pid()));
            System.in.read();
        }
    }

    @Test
    void attachesToAServerThatRuns(@TempDir Path folder) throws Exception {
        var program = System.getenv().getOrDefault("AFTERHOURS_BIN", "afterhours");
        for (var control : List.of(true, false)) {
            var ready = folder.resolve("ready-" + control);
            var server = new ProcessBuilder(program, "serve", "--addr", "127.0.0.1:0", "--store", "memory", "--exit-with-parent",
                            "--ready-file", ready.toString(), "--control=" + (control ? "local" : "off"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            while (!Files.exists(ready)) {
                assertFalse(server.waitFor(5, TimeUnit.MILLISECONDS));
            }
            var where = new ObjectMapper().readTree(ready.toFile());
            var variables = new HashMap<>(Map.of("AFTERHOURS_BIN", "/no/such/program"));
            variables.put("AFTERHOURS_URL", where.get("url").textValue());
            if (control) {
                var tokenless = printed(variables);
                assertTrue(tokenless.contains("AFTERHOURS_CONTROL_TOKEN"), tokenless);
                variables.put("AFTERHOURS_CONTROL_TOKEN", where.get("controlToken").textValue());
                var done = child(variables);
                done.getOutputStream().close();
                assertEquals("focus-0001\n", new String(done.getInputStream().readAllBytes()));
            } else {
                var off = printed(variables);
                assertTrue(off.contains("start it with --control"), off);
            }
            server.getOutputStream().close();
            server.waitFor();
        }
        var gone = printed(Map.of("AFTERHOURS_URL", "http://127.0.0.1:1"));
        assertTrue(gone.contains("http://127.0.0.1:1, cannot be used"), gone);
        var wrong = printed(Map.of("AFTERHOURS_URL", "127.0.0.1:8080"));
        assertTrue(wrong.contains("write scheme, host and port"), wrong);
    }

    @Test
    void programMustBeSomewhere() throws IOException {
        var nowhere = printed(Map.of("PATH", "/no/such/folder", "AFTERHOURS_BIN", "afterhours"));
        assertTrue(nowhere.contains("the program 'afterhours' cannot be run"), nowhere);
    }

    @Test
    void noServerOutlivesTheJvm() throws Exception {
        for (var kill : List.of(false, true)) {
            var parent = child(Map.of());
            var lines = parent.inputReader();
            assertEquals("focus-0001", lines.readLine());
            var server = ProcessHandle.of(Long.parseLong(lines.readLine().replace("server ", ""))).orElseThrow();
            if (kill) {
                parent.destroyForcibly(); // SIGKILL
            } else {
                parent.getOutputStream().close();
            }
            server.onExit().get(30, TimeUnit.SECONDS);
        }
    }
}
