import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.DeviceCodeCredentialBuilder;
import com.azure.identity.DeviceCodeInfo;
import com.azure.identity.UsernamePasswordCredentialBuilder;
import com.microsoft.graph.beta.serviceclient.GraphServiceClient;
import com.microsoft.kiota.authentication.AzureIdentityAuthenticationProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** azure-identity signs in, and the beta SDK calls the API with what it got. */
class SignInTest {
    private static final String URL = System.getenv("AFTERHOURS_URL");
    private static final String TENANT = "7a1c0f52-3d84-4b6e-9f20-5e8d1b7c4a63"; // of the demo
    private static final String CLIENT = "5b6e0d4c-3a1f-4e8b-9c27-6d5f4a3b2c1d";
    private static final String SCOPE = "https://graph.microsoft.com/.default";

    private static GraphServiceClient connect(TokenCredential credential) {
        var host = URI.create(URL).getHost();
        var client = new GraphServiceClient(new AzureIdentityAuthenticationProvider(credential, new String[] {host}, SCOPE));
        client.getRequestAdapter().setBaseUrl(URL + "/beta");
        return client;
    }

    /** Sends a request to the control API. */
    private static String steer(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(URL + "/control" + path))
                .header("Authorization", "Bearer " + System.getenv("AFTERHOURS_CONTROL_TOKEN"))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            assertEquals(2, response.statusCode() / 100, response.body());
            return response.body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ClientSecretCredentialBuilder clientSecret() {
        return new ClientSecretCredentialBuilder()
                .tenantId(TENANT)
                .clientId(CLIENT)
                .clientSecret("any")
                .authorityHost(URL)
                .disableInstanceDiscovery();
    }

    @SuppressWarnings("deprecation") // still used
    private static UsernamePasswordCredentialBuilder password(String name) {
        return new UsernamePasswordCredentialBuilder()
                .tenantId(TENANT)
                .clientId(CLIENT)
                .username(name)
                .password("any")
                .authorityHost(URL)
                .disableInstanceDiscovery();
    }

    @Test
    void clientSecretReadsEveryUser() {
        var page = connect(clientSecret().build()).users().byUserId("megan@example.com").analytics().activityStatistics().get();
        assertEquals(35, page.getValue().size());
    }

    @Test
    void userNameAndPassword() {
        var page = connect(password("megan@example.com").build()).me().analytics().activityStatistics().get();
        assertEquals(35, page.getValue().size());
    }

    @Test
    void aUserWhomNobodyKnows() {
        var credential = password("nobody@example.com").build();
        var refused = assertThrows(RuntimeException.class, () -> credential.getTokenSync(new TokenRequestContext().addScopes(SCOPE)));
        assertTrue(refused.toString().contains("AADSTS50034") || String.valueOf(refused.getCause()).contains("AADSTS50034"), refused.toString());
    }

    private static void approve(DeviceCodeInfo code) {
        steer("POST", "/sign-ins/" + code.getUserCode() + "/approve", "{\"upn\":\"megan@example.com\"}");
    }

    @Test
    void deviceCode() {
        var credential = new DeviceCodeCredentialBuilder()
                .tenantId(TENANT)
                .clientId(CLIENT)
                .authorityHost(URL)
                .disableInstanceDiscovery()
                .challengeConsumer(SignInTest::approve)
                .build();
        assertEquals(35, connect(credential).me().analytics().activityStatistics().get().getValue().size());
    }

    @Test
    void aClaimsChallengeLeadsToANewToken() {
        var statistics = connect(clientSecret().build()).users().byUserId("megan@example.com").analytics().activityStatistics();
        statistics.get();
        steer("DELETE", "/requests", "");
        steer("POST", "/faults/presets/cae", "{}");
        try {
            assertEquals(35, statistics.get().getValue().size());
            assertEquals(35, statistics.get().getValue().size()); // by the same token
        } finally {
            steer("DELETE", "/faults", "");
        }
        assertEquals(1, reads(401));
        assertEquals(2, reads(200));
    }

    /** How many reads of the statistics the server answered with the status. */
    private static long reads(int status) {
        var journal = steer("GET", "/requests?status=" + status, "");
        return Pattern.compile("\"path\":\"[^\"]*/activityStatistics\"").matcher(journal).results().count();
    }
}
