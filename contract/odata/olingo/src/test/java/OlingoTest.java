import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.olingo.client.api.ODataClient;
import org.apache.olingo.client.api.communication.ODataClientErrorException;
import org.apache.olingo.client.api.communication.request.ODataRequest;
import org.apache.olingo.client.api.communication.request.cud.UpdateType;
import org.apache.olingo.client.api.communication.response.ODataBatchResponse;
import org.apache.olingo.client.api.communication.response.ODataDeleteResponse;
import org.apache.olingo.client.api.communication.response.ODataEntityCreateResponse;
import org.apache.olingo.client.api.communication.response.ODataResponse;
import org.apache.olingo.client.api.communication.response.ODataRetrieveResponse;
import org.apache.olingo.client.api.domain.ClientEntity;
import org.apache.olingo.client.api.domain.ClientEntitySet;
import org.apache.olingo.client.api.domain.ClientProperty;
import org.apache.olingo.client.api.uri.URIBuilder;
import org.apache.olingo.client.core.ODataClientFactory;
import org.apache.olingo.commons.api.edm.EdmPrimitiveTypeKind;
import org.apache.olingo.commons.api.edm.FullQualifiedName;
import org.apache.olingo.commons.api.format.ContentType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Apache Olingo's client, as its own guide uses it, against a server. */
class OlingoTest {
    private static final String BASE = System.getenv("AFTERHOURS_URL") + "/beta";
    private static final FullQualifiedName CALL = new FullQualifiedName("microsoft.graph", "callActivityStatistics");

    private final ODataClient client = ODataClientFactory.getClient();

    private <T extends ODataRequest> T signedIn(T request) {
        request.addCustomHeader("Authorization", "Bearer " + System.getenv("AFTERHOURS_TOKEN"));
        return request;
    }

    private URIBuilder statistics() {
        return client.newURIBuilder(BASE).appendSingletonSegment("me").appendNavigationSegment("analytics").appendNavigationSegment("activityStatistics");
    }

    private URI statistic(String id) {
        return statistics().appendKeySegment(id).build();
    }

    private ClientProperty duration(String name, String seconds) {
        var value = client.getObjectFactory().newPrimitiveValueBuilder().setType(EdmPrimitiveTypeKind.Duration).setValue(new BigDecimal(seconds)).build();
        return client.getObjectFactory().newPrimitiveProperty(name, value);
    }

    private ClientProperty text(String name, String value) {
        return client.getObjectFactory().newPrimitiveProperty(name, client.getObjectFactory().newPrimitiveValueBuilder().buildString(value));
    }

    private ClientEntity call(String id) {
        var call = client.getObjectFactory().newEntity(CALL);
        call.getProperties().addAll(List.of(text("id", id), text("activity", "Call"), text("startDate", "2019-06-16"), text("endDate", "2019-06-17"),
                duration("duration", "5400"), duration("afterHours", "30")));
        return call;
    }

    private ClientEntity create(String id) {
        ODataEntityCreateResponse<ClientEntity> response =
                signedIn(client.getCUDRequestFactory().getEntityCreateRequest(statistics().build(), call(id))).execute();
        assertEquals(201, response.getStatusCode());
        return response.getBody();
    }

    private ClientEntity read(String id) {
        return signedIn(client.getRetrieveRequestFactory().getEntityRequest(statistic(id))).execute().getBody();
    }

    private static String valueOf(ClientEntity entity, String property) {
        var value = entity.getProperty(property).getPrimitiveValue();
        return value.toValue() == null ? null : value.toString();
    }

    private ClientEntitySet list(URI uri) {
        return signedIn(client.getRetrieveRequestFactory().getEntitySetRequest(uri)).execute().getBody();
    }

    private static List<String> ids(ClientEntitySet page) {
        return page.getEntities().stream().map(one -> valueOf(one, "id")).collect(Collectors.toList());
    }

    private static int refused(Executable execute) {
        return assertThrows(ODataClientErrorException.class, execute).getStatusLine().getStatusCode();
    }

    @Test
    void theModelAndTheServiceDocument() {
        var edm = client.getRetrieveRequestFactory().getMetadataRequest(BASE).execute().getBody();
        assertEquals("activityStatistics", edm.getEntityType(CALL).getBaseType().getName());
        assertEquals(EdmPrimitiveTypeKind.Duration.name(), edm.getEntityType(CALL).getProperty("afterHours").getType().getName());
        assertNotNull(edm.getEntityContainer().getSingleton("me"));
        var document = client.getRetrieveRequestFactory().getServiceDocumentRequest(BASE).execute().getBody();
        assertNotNull(document.getSingletonURI("me"));
        assertNotNull(document.getEntitySetURI("users"));
    }

    @Test
    void aPageFilteredSortedTrimmedAndCounted() {
        var uri = statistics().filter("activity eq 'Meeting' and duration gt duration'PT0S'").orderBy("startDate desc").select("id,duration").top(2).count(true).build();
        var page = list(uri);
        assertEquals(2, page.getEntities().size());
        assertTrue(page.getCount() > 2);
        assertEquals(0, list(statistics().count(true).top(0).build()).getEntities().size());
    }

    @Test
    void everyPageByItsLink() {
        var seen = new ArrayList<String>();
        for (URI next = statistics().top(10).build(); next != null;) {
            var page = list(next);
            seen.addAll(ids(page));
            next = page.getNext();
        }
        assertTrue(seen.size() >= 35, seen.toString());
        assertEquals(seen.size(), new HashSet<>(seen).size());
    }

    @Test
    void whatWasCreatedIsReadWithItsType() {
        var created = create("olingo-read");
        var read = read("olingo-read");
        assertEquals(CALL, read.getTypeName());
        assertEquals(created.getETag(), read.getETag());
        assertEquals("PT1H30M0S", valueOf(read, "duration")); // Olingo's own spelling
        assertEquals("2019-06-16", valueOf(read, "startDate"));
    }

    @Test
    void patchMergesAndPutReplaces() {
        create("olingo-write");
        var change = client.getObjectFactory().newEntity(CALL);
        change.getProperties().add(duration("duration", "-115.0810357"));
        signedIn(client.getCUDRequestFactory().getEntityUpdateRequest(statistic("olingo-write"), UpdateType.PATCH, change)).execute();
        assertEquals("-PT1M55.0810357S", valueOf(read("olingo-write"), "duration"));
        assertEquals("PT30S", valueOf(read("olingo-write"), "afterHours"));
        change.getProperties().add(text("activity", "Call"));
        signedIn(client.getCUDRequestFactory().getEntityUpdateRequest(statistic("olingo-write"), UpdateType.REPLACE, change)).execute();
        assertEquals("-PT1M55.0810357S", valueOf(read("olingo-write"), "duration"));
        assertNull(valueOf(read("olingo-write"), "afterHours"));
    }

    @Test
    void whoWasSlowerIsTold() {
        var tag = create("olingo-conflict").getETag();
        var change = client.getObjectFactory().newEntity(CALL);
        change.getProperties().add(duration("duration", "60"));
        var first = signedIn(client.getCUDRequestFactory().getEntityUpdateRequest(statistic("olingo-conflict"), UpdateType.PATCH, change));
        first.setIfMatch(tag);
        first.execute();
        var second = signedIn(client.getCUDRequestFactory().getEntityUpdateRequest(statistic("olingo-conflict"), UpdateType.PATCH, change));
        second.setIfMatch(tag);
        assertEquals(412, refused(second::execute));
        assertNotEquals(tag, read("olingo-conflict").getETag());
    }

    @Test
    void aPropertyAndItsValue() {
        create("olingo-property");
        var uri = statistics().appendKeySegment("olingo-property").appendPropertySegment("duration");
        signedIn(client.getCUDRequestFactory().getPropertyPrimitiveValueUpdateRequest(uri.build(), duration("duration", "420"))).execute();
        assertEquals("PT7M", signedIn(client.getRetrieveRequestFactory().getPropertyRequest(uri.build())).execute().getBody().getPrimitiveValue().toString());
        var value = signedIn(client.getRetrieveRequestFactory().getPropertyValueRequest(uri.appendValueSegment().build()));
        value.setFormat(ContentType.TEXT_PLAIN);
        assertEquals("PT7M", value.execute().getBody().toString());
        var count = signedIn(client.getRetrieveRequestFactory().getValueRequest(statistics().count().build()));
        count.setFormat(ContentType.TEXT_PLAIN);
        assertTrue(Integer.parseInt(count.execute().getBody().toString()) >= 35);
    }

    @Test
    void deletedIsGone() {
        create("olingo-delete");
        signedIn(client.getCUDRequestFactory().getDeleteRequest(statistic("olingo-delete"))).execute();
        var request = signedIn(client.getRetrieveRequestFactory().getEntityRequest(statistic("olingo-delete")));
        assertEquals(404, refused(request::execute));
    }

    /** Olingo's batches are multipart/mixed: a read, a change set of two, a read. */
    @Test
    void aBatchWithAChangeSet() {
        create("olingo-batch-deleted");
        var request = signedIn(client.getBatchRequestFactory().getBatchRequest(BASE));
        request.setAccept("multipart/mixed");
        var batch = request.payloadManager();
        batch.addRequest(client.getRetrieveRequestFactory().getEntityRequest(statistic("olingo-batch-deleted")));
        var changes = batch.addChangeset();
        changes.addRequest(client.getCUDRequestFactory().getEntityCreateRequest(statistics().build(), call("olingo-batch-created")));
        changes.addRequest(client.getCUDRequestFactory().getDeleteRequest(statistic("olingo-batch-deleted")));
        batch.addRequest(client.getRetrieveRequestFactory().getEntityRequest(statistic("olingo-batch-created")));
        ODataBatchResponse response = batch.getResponse();
        assertEquals(200, response.getStatusCode());

        var responses = new ArrayList<ODataResponse>();
        response.getBody().forEachRemaining(item -> item.forEachRemaining(responses::add));
        assertEquals(List.of(200, 201, 204, 200), responses.stream().map(ODataResponse::getStatusCode).toList());
        assertTrue(responses.get(2) instanceof ODataDeleteResponse);
        assertEquals("olingo-batch-created", valueOf(((ODataRetrieveResponse<ClientEntity>) responses.get(3)).getBody(), "id"));
    }

    @Test
    void whatHasChangedByTheDeltaLink() {
        create("olingo-delta-deleted");
        var uri = URI.create(statistics().build() + "/delta()");
        var delta = signedIn(client.getRetrieveRequestFactory().getDeltaRequest(uri)).execute().getBody();
        while (delta.getDeltaLink() == null) {
            delta = signedIn(client.getRetrieveRequestFactory().getDeltaRequest(delta.getNext())).execute().getBody();
        }
        create("olingo-delta-created");
        signedIn(client.getCUDRequestFactory().getDeleteRequest(statistic("olingo-delta-deleted"))).execute();
        var changed = new HashSet<String>();
        var deleted = new HashSet<URI>();
        for (URI next = delta.getDeltaLink(); next != null; next = delta.getNext()) {
            delta = signedIn(client.getRetrieveRequestFactory().getDeltaRequest(next)).execute().getBody();
            changed.addAll(ids(delta));
            delta.getDeletedEntities().forEach(one -> deleted.add(one.getId()));
        }
        assertTrue(changed.contains("olingo-delta-created"), changed.toString());
        assertTrue(deleted.stream().anyMatch(id -> id.getPath().endsWith("/olingo-delta-deleted")), deleted.toString());
    }
}
