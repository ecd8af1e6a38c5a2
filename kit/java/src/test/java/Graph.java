import afterhours.test.Afterhours;
import com.microsoft.graph.beta.models.AnalyticsActivityType;
import com.microsoft.graph.beta.models.CallActivityStatistics;
import com.microsoft.graph.beta.serviceclient.GraphServiceClient;
import com.microsoft.graph.beta.users.item.analytics.activitystatistics.ActivityStatisticsRequestBuilder;
import com.microsoft.graph.core.requests.GraphClientFactory;
import com.microsoft.kiota.PeriodAndDuration;
import com.microsoft.kiota.authentication.AccessTokenProvider;
import com.microsoft.kiota.authentication.AllowedHostsValidator;
import com.microsoft.kiota.authentication.BaseBearerTokenAuthenticationProvider;
import java.net.URI;
import java.time.LocalDate;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** The official SDK, unmodified, as a client of a server. */
final class Graph {
    private Graph() {}

    /** Tokens for any host. The context has "claims" if the server has asked for some. */
    record Tokens(Function<Map<String, Object>, String> mint) implements AccessTokenProvider {
        @Override
        public String getAuthorizationToken(URI uri, Map<String, Object> context) {
            return mint.apply(context);
        }

        @Override
        public AllowedHostsValidator getAllowedHostsValidator() {
            return new AllowedHostsValidator();
        }
    }

    /** Returns a client that mints a token for each request. */
    static GraphServiceClient connect(Afterhours afterhours, Supplier<String> mint) {
        return connect(afterhours, new Tokens(context -> mint.get()));
    }

    /** Returns a client that asks for a token for each request. */
    static GraphServiceClient connect(Afterhours afterhours, Tokens tokens) {
        var http = GraphClientFactory.create()
                .sslSocketFactory(afterhours.sslContext().getSocketFactory(), afterhours.trustManager())
                .build();
        var client = new GraphServiceClient(new BaseBearerTokenAuthenticationProvider(tokens), http);
        client.getRequestAdapter().setBaseUrl(afterhours.url() + "/beta");
        return client;
    }

    static ActivityStatisticsRequestBuilder statistics(GraphServiceClient client) {
        return client.me().analytics().activityStatistics();
    }

    static CallActivityStatistics call(String id) {
        var call = change("PT1H30M");
        call.setId(id);
        call.setActivity(AnalyticsActivityType.Call);
        call.setStartDate(LocalDate.parse("2019-06-16"));
        call.setEndDate(LocalDate.parse("2019-06-17"));
        call.setTimeZoneUsed("Pacific Standard Time");
        call.setAfterHours(PeriodAndDuration.parse("PT30S"));
        return call;
    }

    static CallActivityStatistics change(String duration) {
        var change = new CallActivityStatistics();
        change.setDuration(PeriodAndDuration.parse(duration));
        return change;
    }
}
