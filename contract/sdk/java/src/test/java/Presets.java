import com.microsoft.graph.beta.models.CallActivityStatistics;
import com.microsoft.graph.beta.models.odataerrors.ODataError;
import com.microsoft.graph.beta.serviceclient.GraphServiceClient;
import com.microsoft.kiota.ApiException;
import com.microsoft.kiota.PeriodAndDuration;
import com.microsoft.kiota.authentication.AccessTokenProvider;
import com.microsoft.kiota.authentication.AllowedHostsValidator;
import com.microsoft.kiota.authentication.BaseBearerTokenAuthenticationProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** Sends the documented PATCH for each id on standard input; see ../presets. */
final class Presets {
    private static final String URL = System.getenv("AFTERHOURS_URL");

    /** One token, and another one for each claims challenge. */
    private static final class Tokens implements AccessTokenProvider {
        private String token;

        @Override
        public synchronized String getAuthorizationToken(URI uri, Map<String, Object> context) {
            if (token == null || context != null && context.containsKey("claims")) {
                token = mint();
            }
            return token;
        }

        @Override
        public AllowedHostsValidator getAllowedHostsValidator() {
            return new AllowedHostsValidator();
        }
    }

    /** A new token of a user whose client can answer a claims challenge. */
    private static String mint() {
        var request = HttpRequest.newBuilder(URI.create(URL + "/control/tokens"))
                .header("Authorization", "Bearer " + System.getenv("AFTERHOURS_CONTROL_TOKEN"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"cae\":true}"))
                .build();
        try {
            var body = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
            return body.replaceAll("(?s).*\"token\" *: *\"([^\"]*)\".*", "$1");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What became of a PATCH, in JSON. */
    private static String patch(GraphServiceClient client, String id) {
        var change = new CallActivityStatistics();
        change.setDuration(PeriodAndDuration.parse("PT1H"));
        try {
            client.me().analytics().activityStatistics().byActivityStatisticsId(id).patch(change);
            return "{}";
        } catch (ODataError e) {
            var code = e.getError() == null ? "" : e.getError().getCode();
            return "{\"error\":\"ODataError\",\"status\":%d,\"code\":\"%s\"}".formatted(e.getResponseStatusCode(), code);
        } catch (ApiException e) {
            return "{\"error\":\"%s\",\"status\":%d}".formatted(e.getClass().getSimpleName(), e.getResponseStatusCode());
        } catch (RuntimeException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            return "{\"error\":\"%s\"}".formatted(cause.getClass().getSimpleName());
        }
    }

    public static void main(String[] args) throws Exception {
        var client = new GraphServiceClient(new BaseBearerTokenAuthenticationProvider(new Tokens()));
        client.getRequestAdapter().setBaseUrl(URL + "/beta");
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (var id = lines.readLine(); id != null; id = lines.readLine()) {
            System.out.println(patch(client, id));
        }
    }
}
