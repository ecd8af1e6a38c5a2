package afterhours.test;

import static afterhours.test.Afterhours.call;

import afterhours.control.DataApi;
import afterhours.control.FaultsApi;
import afterhours.control.RequestsApi;
import afterhours.control.RequestsApi.APIListRequestsRequest;
import afterhours.control.TokensApi;
import afterhours.control.model.Fault;
import afterhours.control.model.FaultMatch;
import afterhours.control.model.FaultRule;
import afterhours.control.model.PresetName;
import afterhours.control.model.PresetRule;
import afterhours.control.model.Request;
import afterhours.control.model.Scope;
import afterhours.control.model.TokenRequest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A tenant with one user, for one test. Nothing that is done here touches another tenant. Each method throws {@link
 * AfterhoursException} if the server refuses the call.
 */
public final class Tenant implements AutoCloseable {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final Afterhours afterhours;
    private final ObjectMapper json;
    private final DataApi data;
    private final String id = UUID.randomUUID().toString();
    private final String user = UUID.randomUUID().toString();

    Tenant(Afterhours afterhours) {
        this.afterhours = afterhours;
        json = afterhours.control().getObjectMapper();
        data = new DataApi(afterhours.control());
    }

    /** Returns the id of the tenant, a GUID that no other test has. */
    public String id() {
        return id;
    }

    /** Returns the object id of the user, a GUID that no other test has. */
    public String user() {
        return user;
    }

    /** Returns a token of the user for one hour, with Analytics.ReadWrite. */
    public String token() {
        return token(token -> {});
    }

    /**
     * Returns a token of this tenant, as in {@code token(t -> t.scopes(List.of("Analytics.Read")).expiresIn("-PT1H"))}.
     *
     * @param options what differs from {@link #token()}; with roles it is the token of an application
     */
    public String token(Consumer<TokenRequest> options) {
        var request = new TokenRequest().tenant(id).user(user);
        options.accept(request);
        return call(() -> new TokensApi(afterhours.control()).createToken(request).getToken());
    }

    /** Stores statistics of the user, in JSON as the API shows them. Each replaces the stored one of the same id. */
    public void put(String... statistics) {
        put(Stream.of(statistics).map(this::parse).toList());
    }

    /**
     * Stores statistics of the user, with the properties that the API shows. If the contract refuses some, it throws and
     * names them, and the others are stored.
     */
    public void put(List<? extends Map<String, ?>> statistics) {
        var rows = statistics.stream()
                .map(statistic -> write(Map.of("tenant", id, "user", user, "statistic", statistic)))
                .collect(Collectors.joining("\n"));
        var refused = call(() -> data.seed(rows, null)).getRefused();
        if (!refused.isEmpty()) {
            var faults = refused.stream()
                    .map(f -> "\n  statistic %d, %s: %s".formatted(
                            f.getLine(), Objects.requireNonNullElse(f.getProperty(), "the whole"), f.getReason()))
                    .collect(Collectors.joining());
            throw new AfterhoursException("the contract refuses:" + faults, null);
        }
    }

    /** Reads a statistic of the user. No rule makes it fail, and {@link #requests} has it. */
    public Map<String, Object> get(String statistic) {
        var encoded = URLEncoder.encode(statistic, StandardCharsets.UTF_8).replace("+", "%20");
        var path = "/beta/me/analytics/activityStatistics/" + encoded;
        var request = HttpRequest.newBuilder(URI.create(afterhours.url() + path))
                .header("Authorization", "Bearer " + token())
                .header("Afterhours-Simulate", "none")
                .build();
        try {
            var response = afterhours.httpClient().send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new AfterhoursException("GET " + path + " is " + response.statusCode() + ": " + response.body(), null);
            }
            return parse(response.body());
        } catch (IOException e) {
            throw new AfterhoursException("GET " + path + " has no response: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AfterhoursException("the thread was interrupted during GET " + path, e);
        }
    }

    /** Goes back to what the server started with. The rules and the requests of the tenant are removed too. */
    public void reset() {
        call(() -> data.resetWithHttpInfo(new Scope().tenant(id)));
    }

    /** Keeps what the tenant has now. */
    public Snapshot snapshot() {
        var name = UUID.randomUUID().toString();
        call(() -> data.takeSnapshot(name, new Scope().tenant(id)));
        return new Snapshot(name);
    }

    /** What the tenant had at one moment. To close it restores it and forgets it. */
    public final class Snapshot implements AutoCloseable {
        private final String name;

        private Snapshot(String name) {
            this.name = name;
        }

        /** Goes back to the moment of the snapshot. It may be called many times. */
        public void restore() {
            call(() -> data.restoreSnapshotWithHttpInfo(name));
        }

        @Override
        public void close() {
            restore();
            call(() -> data.deleteSnapshotWithHttpInfo(name));
        }
    }

    /** Lets the next requests of this tenant fail in a way that Graph documents, {@code times} of them. */
    public Fault fail(PresetName preset, int times) {
        var rule = new PresetRule().match(new FaultMatch().tenant(id)).times(times);
        return call(() -> new FaultsApi(afterhours.control()).createPresetFault(preset, rule));
    }

    /**
     * Lets requests of this tenant fail by a rule, as in {@code fail(rule -> rule.times(2).answer(new
     * FaultAnswer().status(503)))}. What it matches is limited to this tenant.
     */
    public Fault fail(Consumer<FaultRule> options) {
        var rule = new FaultRule().match(new FaultMatch());
        options.accept(rule);
        rule.getMatch().tenant(id);
        return call(() -> new FaultsApi(afterhours.control()).createFault(rule));
    }

    /** Returns the requests of this tenant, the oldest first. */
    public List<Request> requests() {
        return requests(filter -> {});
    }

    /**
     * Returns the requests of this tenant that match, the oldest first, as in {@code requests(r ->
     * r.method("PATCH").count(2).within("PT5S"))}, which waits up to five seconds until there are two.
     */
    public List<Request> requests(Consumer<APIListRequestsRequest.Builder> filter) {
        var builder = APIListRequestsRequest.newBuilder();
        filter.accept(builder);
        return call(() -> new RequestsApi(afterhours.control()).listRequests(builder.tenant(id).build()).getValue());
    }

    /** Removes all that the tenant has. The extension does this after each test. */
    @Override
    public void close() {
        reset();
    }

    private Map<String, Object> parse(String text) {
        try {
            return json.readValue(text, OBJECT);
        } catch (JsonProcessingException e) {
            throw new AfterhoursException("this is no JSON of a statistic: " + text + " (" + e.getOriginalMessage() + ")", e);
        }
    }

    private String write(Map<String, ?> row) {
        try {
            return json.writeValueAsString(row);
        } catch (JsonProcessingException e) {
            throw new AfterhoursException("a statistic cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
