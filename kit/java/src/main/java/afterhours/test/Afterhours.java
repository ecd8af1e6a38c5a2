package afterhours.test;

import afterhours.control.ApiClient;
import afterhours.control.ApiException;
import afterhours.control.ClockApi;
import afterhours.control.model.ClockAdvance;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A server of Afterhours for tests, and the JUnit 5 extension that gives each test a {@link Tenant} of its own.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final Afterhours afterhours = Afterhours.start();
 * }</pre>
 *
 * <p>A parameter of type {@link Tenant} is the tenant of the test: the same one in the constructor, in the methods that
 * run before and after the test, and in the test. A method for all tests of a class gets a tenant of the class. When
 * the test ends, all that the tenant has is removed.
 *
 * <p>All starts with the same options share one server, which ends with the JVM. Tests may run in parallel.
 */
public final class Afterhours implements ParameterResolver, AfterEachCallback, AfterAllCallback, AutoCloseable {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Afterhours.class);

    /** The servers in use, by program and flags. Its lock guards starts and ends. */
    private static final Map<List<String>, Afterhours> RUNNING = new HashMap<>();

    private final List<String> command;
    private final Server server; // null if the server was running already
    private final String url;
    private final Optional<Path> caFile;
    private final X509TrustManager trustManager;
    private final SSLContext sslContext;
    private final HttpClient httpClient;
    private final ApiClient control;
    private int uses = 1;

    private Afterhours(List<String> command, Server server, String url, String controlToken, Optional<Path> caFile) {
        this.command = command;
        this.server = server;
        this.url = url;
        this.caFile = caFile;
        try {
            trustManager = trust(caFile);
            sslContext = SSLContext.getInstance("TLS");
            sslContext.init(null, new TrustManager[] {trustManager}, null);
        } catch (IOException | GeneralSecurityException e) {
            throw new AfterhoursException("the certificate of " + url + " cannot be read: " + e.getMessage(), e);
        }
        httpClient = HttpClient.newBuilder().sslContext(sslContext).build();
        control = new ApiClient() {
            @Override
            public HttpClient getHttpClient() { // one for all, where ApiClient would build one for each use
                return httpClient;
            }
        };
        control.updateBaseUri(url + "/control");
        control.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + controlToken));
    }

    private static X509TrustManager trust(Optional<Path> caFile) throws IOException, GeneralSecurityException {
        KeyStore store = null; // null stands for the authorities that Java trusts
        if (caFile.isPresent()) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            try (var file = Files.newInputStream(caFile.get())) {
                store.setCertificateEntry("afterhours", CertificateFactory.getInstance("X.509").generateCertificate(file));
            }
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    /** Starts a server over http that has nothing stored, or takes the one that runs already. */
    public static Afterhours start() {
        return builder().start();
    }

    /** Returns a builder for a server with options. */
    public static Builder builder() {
        return new Builder();
    }

    /** The options of a server. They say nothing if AFTERHOURS_URL names a server that runs. */
    public static final class Builder {
        private final List<String> flags = new ArrayList<>();
        private Optional<Path> program = Optional.empty();

        private Builder() {}

        /** Serves https with a certificate of a new authority, {@link Afterhours#caFile()}. */
        public Builder tls() {
            return flags("--tls-dev");
        }

        /** Begins with the rows of a file, JSON Lines or CSV. A reset goes back to them. */
        public Builder seed(Path file) {
            return flags("--seed", file.toString());
        }

        /** Begins with a week of the demo user. */
        public Builder demo() {
            return flags("--demo");
        }

        /** Names the program. The default is AFTERHOURS_BIN, or else {@code afterhours} on the PATH. */
        public Builder program(Path file) {
            program = Optional.of(file);
            return this;
        }

        /** Adds flags of {@code afterhours serve}. */
        public Builder flags(String... more) {
            flags.addAll(List.of(more));
            return this;
        }

        /**
         * Starts the server, or takes the one that was started with the same options. If AFTERHOURS_URL is set, it is that
         * server, with the token in AFTERHOURS_CONTROL_TOKEN and, for https, the certificate file AFTERHOURS_CA_FILE.
         *
         * @throws AfterhoursException if there is no such program, if the server does not start, or if it has no control API
         */
        public Afterhours start() {
            var running = System.getenv("AFTERHOURS_URL");
            var command = new ArrayList<String>();
            if (running == null) {
                command.add(program.map(Path::toString).orElse(System.getenv().getOrDefault("AFTERHOURS_BIN", "afterhours")));
                command.add("serve");
                command.addAll(flags);
            }
            synchronized (RUNNING) {
                var same = RUNNING.get(command);
                if (same != null) {
                    same.uses++;
                    return same;
                }
                var started = running == null ? launch(command) : attach(command, running);
                RUNNING.put(command, started);
                return started;
            }
        }
    }

    private static Afterhours launch(List<String> command) {
        var server = new Server(command);
        var ready = server.ready;
        return new Afterhours(
                List.copyOf(command),
                server,
                ready.get("url").textValue(),
                ready.get("controlToken").textValue(),
                Optional.ofNullable(ready.get("caFile")).map(file -> Path.of(file.textValue())));
    }

    private static Afterhours attach(List<String> command, String url) {
        if (!url.matches("https?://.*[^/]")) {
            throw new AfterhoursException(
                    "AFTERHOURS_URL is '" + url + "': write scheme, host and port, as in http://127.0.0.1:8080", null);
        }
        var token = System.getenv("AFTERHOURS_CONTROL_TOKEN");
        var caFile = Optional.ofNullable(System.getenv("AFTERHOURS_CA_FILE")).map(Path::of);
        var attached = new Afterhours(List.copyOf(command), null, url, token, caFile);
        try {
            new ClockApi(attached.control).getClock();
        } catch (ApiException e) {
            throw new AfterhoursException(
                    switch (e.getCode()) {
                        case 404 -> "the server at AFTERHOURS_URL, " + url + ", has no control API: start it with --control";
                        case 401, 403 -> "AFTERHOURS_CONTROL_TOKEN has no token for the control API of " + url
                                + ": take controlToken of its ready file, or run afterhours token --role Afterhours.Control";
                        default -> "the server at AFTERHOURS_URL, " + url + ", cannot be used: " + e.getMessage();
                    },
                    e);
        }
        return attached;
    }

    /** Gives back the server. It ends when all who started it have closed it. An extension need not be closed. */
    @Override
    public void close() {
        synchronized (RUNNING) {
            uses--;
            if (uses == 0) {
                RUNNING.remove(command);
                if (server != null) {
                    server.stop();
                }
            }
        }
    }

    /** Returns scheme, host and port. Append {@code /beta} or {@code /v1.0}. */
    public String url() {
        return url;
    }

    /** Returns the certificate to trust, in PEM. It is there only over https. */
    public Optional<Path> caFile() {
        return caFile;
    }

    /** Returns what trusts the server: its own authority, or without one those that Java trusts. */
    public X509TrustManager trustManager() {
        return trustManager;
    }

    /** Returns a context with {@link #trustManager()}. */
    public SSLContext sslContext() {
        return sslContext;
    }

    /** Returns a client with {@link #sslContext()}. */
    public HttpClient httpClient() {
        return httpClient;
    }

    /** Returns a client of the control API, for what this class does not have. */
    public ApiClient control() {
        return control;
    }

    /** Returns a new tenant with a new user, for tests without JUnit. Close it to remove what it has. */
    public Tenant tenant() {
        return new Tenant(this);
    }

    /**
     * Moves the clock of the server, for all tenants. Tokens expire by it.
     *
     * @param by a whole number of 100 ns; a negative one moves the clock back
     * @return the time that the clock shows now
     */
    public OffsetDateTime advance(Duration by) {
        var text = (by.isNegative() ? "-" : "") + by.abs(); // Java would put the sign on each part
        return call(() -> new ClockApi(control).advanceClock(new ClockAdvance().by(text)).getNow());
    }

    /** A call of the control API. */
    interface Call<T> {
        T run() throws ApiException;
    }

    static <T> T call(Call<T> call) {
        try {
            return call.run();
        } catch (ApiException e) {
            throw new AfterhoursException(e.getMessage(), e);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Tenant.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The id is the key because a lookup goes on in the contexts above.
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(context.getUniqueId(), id -> tenant(), Tenant.class);
    }

    /** Has a constructor get the tenant of the test, not of the class. It needs JUnit 5.12. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        release(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        release(context);
    }

    private static void release(ExtensionContext context) {
        var tenant = context.getStore(NAMESPACE).remove(context.getUniqueId(), Tenant.class);
        if (tenant != null) {
            tenant.close();
        }
    }
}
