package afterhours.test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that this JVM has started. It ends with the JVM at the latest. */
final class Server {
    /** A start takes some 50 ms. This is for a machine that does much else. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(2);
    private static final int LINES = 20;

    private final Process process;
    private final Path folder;

    /** The members of the ready file. */
    final JsonNode ready;

    /**
     * Starts the program and waits until it serves.
     *
     * @param command the program and its flags, without those that this class adds
     */
    Server(List<String> command) {
        try {
            folder = Files.createTempDirectory("afterhours-test");
            process = launch(command);
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
            ready = await(folder.resolve("ready.json"));
        } catch (IOException e) {
            throw new AfterhoursException("the server does not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AfterhoursException("the thread was interrupted while the server started", e);
        }
    }

    private Process launch(List<String> command) throws IOException {
        var whole = new ArrayList<>(command);
        whole.addAll(List.of("--addr", "127.0.0.1:0", "--store", "memory", "--control", "--exit-with-parent"));
        whole.addAll(List.of("--ready-file", folder.resolve("ready.json").toString()));
        if (command.contains("--tls-dev")) { // which keeps its certificates in the data folder
            whole.addAll(List.of("--data", folder.resolve("data").toString()));
        }
        // Standard input is a pipe whose other end this JVM holds: the server ends when it closes, even by kill -9.
        var builder = new ProcessBuilder(whole)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("log").toFile());
        // Variables that name flags would change what the tests see.
        builder.environment().keySet().removeIf(name -> name.startsWith("AFTERHOURS_"));
        try {
            return builder.start();
        } catch (IOException e) {
            remove(folder);
            throw new AfterhoursException(
                    "the program '" + command.get(0) + "' cannot be run: name it in AFTERHOURS_BIN, or put 'afterhours' on the PATH ("
                            + e.getMessage() + ")",
                    e);
        }
    }

    private JsonNode await(Path file) throws IOException, InterruptedException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(file)) {
            if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AfterhoursException(failure("it has ended with exit code " + process.exitValue()), null);
            }
            if (System.nanoTime() > end) {
                throw new AfterhoursException(failure("it does not serve after " + PATIENCE.toSeconds() + " s"), null);
            }
        }
        return new ObjectMapper().readTree(file.toFile());
    }

    /** Ends the server, and returns what its log says last. */
    private String failure(String reason) throws IOException {
        var lines = Files.readAllLines(folder.resolve("log"));
        stop();
        var last = String.join("\n  ", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        return "the server does not start: " + reason + ". The end of its log:\n  " + last;
    }

    /** Ends the server and removes its files. A second call does nothing. */
    synchronized void stop() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            remove(folder);
        } catch (IOException e) {
            throw new AfterhoursException("the files of the server in " + folder + " stay: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
