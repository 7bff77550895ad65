package io.synctools.skopeo;

import static io.synctools.skopeo.CannedResponses.always;
import static io.synctools.skopeo.CannedResponses.asks;
import static io.synctools.skopeo.CannedResponses.errors;
import static io.synctools.skopeo.CannedResponses.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.internal.json.Json;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.TagPatterns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What refers to images comes along: tags and lists under tags between two real registries, the API by a stand-in before
 * them.
 */
class ReferrersIT {
    private static final OkHttpClient CLIENT = new OkHttpClient();
    private static final String REPOSITORY = "ascend/cann";

    private final TwoRegistries both;
    private final TestImage image = TestImage.oci("one");
    private final SyncItem rule = TwoRegistries.item(
            TwoRegistries.FROM, TwoRegistries.TO, TagPatterns.all().withReferrers());

    ReferrersIT(@TempDir Path folder) throws IOException {
        both = new TwoRegistries(folder);
    }

    @AfterEach
    void stop() throws IOException {
        both.close();
    }

    private SyncReport.Item run(SyncItem item) {
        return both.run(item).get(0);
    }

    private String source() {
        return both.from.authority();
    }

    private void push(TestImage one, String tag) {
        one.push(source(), REPOSITORY, tag);
    }

    private String sign(String subject, String by) {
        return TestImage.pushReferrer(source(), REPOSITORY, subject, by);
    }

    private String cosign(String subject, String kind, String by) {
        return TestImage.pushCosign(source(), REPOSITORY, subject, kind, by);
    }

    private JsonNode destination(String path) throws IOException {
        Request ask = new Request.Builder()
                .url("http://" + both.destination.authority() + "/v2/base/cann/" + path)
                .header("Authorization", Credentials.basic(LocalRegistry.USER, LocalRegistry.PASSWORD))
                .header("Accept", Manifest.ACCEPT)
                .build();
        try (Response answer = CLIENT.newCall(ask).execute()) {
            return answer.isSuccessful() ? Json.MAPPER.readTree(answer.body().bytes()) : Json.MAPPER.missingNode();
        }
    }

    private Set<String> tags() throws IOException {
        Set<String> tags = new TreeSet<>();
        destination("tags/list").path("tags").forEach(tag -> tags.add(tag.asText()));
        return tags;
    }

    private boolean isThere(String digest) throws IOException {
        return !destination("manifests/" + digest).isMissingNode();
    }

    /** The position of a request of that kind among those that reached the destination. */
    private int position(String request) {
        return both.to.requests().indexOf(request);
    }

    @Test
    void cosignsTagsOfCopiedImagesComeAlongOthersStayBehind() throws Exception {
        TestImage other = TestImage.oci("other");
        push(image, "v1-cann");
        push(other, "v2");
        String signature = cosign(image.digest(), "sig", "us");
        String attestation = cosign(image.childDigests().get(0), "att", "us");
        String aboutTheSignature = cosign("sha256:" + signatureDigest(signature), "sig", "who signs signatures");
        cosign(other.digest(), "sig", "us");
        cosign("sha256:" + "0".repeat(64), "sbom", "of nothing");
        SyncItem some = TwoRegistries.item(
                TwoRegistries.FROM,
                TwoRegistries.TO,
                TagPatterns.all().containing("cann").withReferrers());

        SyncReport.Item first = run(some);
        assertEquals(Outcome.COPIED, first.outcome(), first::toString);
        assertEquals(1, first.entries().total(), "signatures are no tags of their own");
        assertEquals(Set.of("v1-cann", signature, attestation, aboutTheSignature), tags());
        for (String tag : List.of(signature, attestation, aboutTheSignature)) {
            assertTrue(
                    position("PUT /v2/base/cann/manifests/" + tag) < position("PUT /v2/base/cann/manifests/v1-cann"),
                    "before the tag moves");
        }
        assertEquals(List.of(), both.leftovers());

        SyncReport.Item second = run(some);
        assertEquals(Outcome.UP_TO_DATE, second.outcome(), second::toString);
        assertEquals(0, both.to.count("PUT", ""));
    }

    private String signatureDigest(String tag) throws IOException {
        Request ask = new Request.Builder()
                .url("http://" + both.source.authority() + "/v2/" + REPOSITORY + "/manifests/" + tag)
                .header("Accept", Manifest.ACCEPT)
                .build();
        try (Response answer = CLIENT.newCall(ask).execute()) {
            return answer.header("Docker-Content-Digest", "").replace("sha256:", "");
        }
    }

    @Test
    void aSignatureThatComesChangesOrIsDeletedLaterIsBroughtWithoutTheImage() throws Exception {
        push(image, "v1");
        assertEquals(Outcome.COPIED, run(rule).outcome());

        for (String by : List.of("first", "second")) {
            String tag = cosign(image.digest(), "sig", by);
            SyncReport.Item signed = run(rule);
            assertEquals(Outcome.COPIED, signed.outcome(), signed::toString);
            assertEquals(0, both.to.count("PUT", "/manifests/v1"));
            assertEquals(1, both.to.count("PUT", "/manifests/"));
            assertEquals(signatureDigest(tag), TestImage.digest(raw(tag)).replace("sha256:", ""));
            assertEquals(Outcome.UP_TO_DATE, run(rule).outcome());
        }

        String tag = image.digest().replace(':', '-') + ".sig";
        TestImage.delete(
                both.destination.authority(),
                "base/cann",
                "sha256:" + signatureDigest(tag),
                LocalRegistry.USER,
                LocalRegistry.PASSWORD);
        assertFalse(tags().contains(tag));
        assertEquals(Outcome.COPIED, run(rule).outcome());
        assertTrue(tags().contains(tag));
    }

    private byte[] raw(String reference) throws IOException {
        Request ask = new Request.Builder()
                .url("http://" + both.destination.authority() + "/v2/base/cann/manifests/" + reference)
                .header("Authorization", Credentials.basic(LocalRegistry.USER, LocalRegistry.PASSWORD))
                .header("Accept", Manifest.ACCEPT)
                .build();
        try (Response answer = CLIENT.newCall(ask).execute()) {
            return answer.body().bytes();
        }
    }

    @Test
    void referrersOfAnImageAndItsPlatformsGoFromApiToApi() throws Exception {
        ReferrersDoor.of(both.from, 2);
        ReferrersDoor.of(both.to);
        push(image, "v1");
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(sign(image.digest(), "signature " + i));
        }
        all.add(sign(image.childDigests().get(1), "of a platform"));
        all.add(sign(all.get(0), "of a signature"));
        String stranger = sign("sha256:" + "1".repeat(64), "of nothing here");

        SyncReport.Item first = run(rule);
        assertEquals(Outcome.COPIED, first.outcome(), first::toString);
        for (String digest : all) {
            assertTrue(isThere(digest));
            assertTrue(position("PUT /v2/base/cann/manifests/" + digest) < position("PUT /v2/base/cann/manifests/v1"));
        }
        assertFalse(isThere(stranger));
        assertEquals(Set.of("v1"), tags(), "no lists under tags beside the API");
        assertEquals(Outcome.UP_TO_DATE, run(rule).outcome());
        assertEquals(0, both.to.count("GET", "/referrers/"), "the ledger knows");
    }

    @Test
    void whereTheDestinationHasNoApiTheListsStandUnderTags() throws Exception {
        ReferrersDoor.of(both.from);
        push(image, "v1");
        String first = sign(image.digest(), "first");
        assertEquals(Outcome.COPIED, run(rule).outcome());
        String tag = image.digest().replace(':', '-');
        assertEquals(Set.of("v1", tag), tags());

        String second = sign(image.digest(), "second");
        SyncReport.Item again = run(rule);
        assertEquals(Outcome.COPIED, again.outcome(), again::toString);
        JsonNode list = destination("manifests/" + tag);
        assertEquals(2, list.path("manifests").size());
        assertEquals(first, list.path("manifests").get(0).path("digest").asText());
        assertEquals(second, list.path("manifests").get(1).path("digest").asText());
        assertEquals(
                "application/vnd.example.signature",
                list.path("manifests").get(0).path("artifactType").asText());
        assertEquals(Outcome.UP_TO_DATE, run(rule).outcome());
    }

    @Test
    void aDestinationWithNeitherApiNorListsIsIncompatible() throws Exception {
        ReferrersDoor.of(both.from);
        push(image, "v1");
        sign(image.digest(), "us");
        String tag = image.digest().replace(':', '-');
        both.to.withFault(always(asks("PUT", "/manifests/" + tag), errors(400, "MANIFEST_INVALID", "no index")));
        SyncReport.Item item = run(rule);
        assertEquals(FailureKind.INCOMPATIBLE, item.failures().get(0).kind(), item::toString);
        assertTrue(item.failures().get(0).message().contains("leave \"referrers\" out"), item::toString);
        assertEquals(Set.of(), tags());
    }

    @Test
    void listsUnderTagsAreReadWhereTheSourceHasNoApi() throws Exception {
        push(image, "v1");
        String signature = sign(image.digest(), "us");
        TestImage.pushList(source(), REPOSITORY, image.digest(), signature);
        ReferrersDoor.of(both.to);
        SyncReport.Item item = run(rule);
        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertTrue(isThere(signature));
        assertEquals(Set.of("v1"), tags(), "the registry lists them itself");
        assertEquals(Outcome.UP_TO_DATE, run(rule).outcome());

        both.to.withFault(request -> Optional.empty());
        Files.delete(both.ledger());
        assertEquals(Outcome.COPIED, run(rule).outcome(), "a destination that lost its API");
        JsonNode list = destination("manifests/" + image.digest().replace(':', '-'));
        assertEquals(
                "test",
                list.path("manifests").get(0).path("annotations").path("by").asText());
    }

    @Test
    void anUnchangedTagCostsOneMoreRequest() throws Exception {
        ReferrersDoor.of(both.from);
        ReferrersDoor.of(both.to);
        for (int i = 0; i < 10; i++) {
            TestImage one = TestImage.oci("image " + i);
            push(one, "v" + i);
            sign(one.digest(), "us");
        }
        assertEquals(10, run(rule).entries().copied());
        SyncReport.Item again = run(rule);
        assertEquals(Outcome.UP_TO_DATE, again.outcome(), again::toString);
        assertEquals(31, again.requests());
    }

    @Test
    void whatTheDestinationLostIsSeenByVerify() throws Exception {
        ReferrersDoor.of(both.from);
        ReferrersDoor to = ReferrersDoor.of(both.to);
        push(image, "v1");
        sign(image.digest(), "us");
        assertEquals(Outcome.COPIED, run(rule).outcome());
        to.forget(image.digest());
        assertEquals(Outcome.UP_TO_DATE, run(rule).outcome(), "one request is not enough to see it");
        both.option(SyncOptions.VERIFY, true);
        assertEquals(Outcome.COPIED, run(rule).outcome());
        assertEquals(Outcome.UP_TO_DATE, run(rule).outcome());
    }

    @Test
    void whatWouldVerifyNothingIsLeftOutWithANote() throws Exception {
        ReferrersDoor.of(both.from);
        push(image, "v1");
        String signature = sign(image.digest(), "us");
        cosign(image.digest(), "sig", "us");
        both.to.withFault(always(
                asks("PUT", "/manifests/")
                        .and(request ->
                                Manifest.OCI_INDEX.equals(request.getHeaders().get("Content-Type"))),
                errors(400, "MANIFEST_INVALID", "Invalid image, fail to parse 'manifest.json'")));
        SyncReport.Item item = run(rule);
        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertTrue(item.notes().toString().contains("v1: what refers to it (2 of signatures"), item::toString);
        assertEquals(Set.of("v1"), tags());
        assertFalse(isThere(signature));
        SyncReport.Item second = run(rule);
        assertEquals(Outcome.UP_TO_DATE, second.outcome(), second::toString);
        assertEquals(3, second.requests());
    }

    @Test
    void anImageWaitsForWhatRefersToIt() throws Exception {
        both.option(SyncOptions.RETRIES, 0);
        push(image, "v1");
        String tag = cosign(image.digest(), "sig", "us");
        both.to.withFault(always(asks("PUT", "/manifests/" + tag), status(500)));
        SyncReport.Item item = run(rule);
        assertEquals(Outcome.FAILED, item.outcome(), item::toString);
        assertEquals("v1", item.failures().get(0).entry());
        assertEquals(0, both.to.count("PUT", "/manifests/v1"));

        both.to.withFault(always(asks("PUT", "/manifests/" + tag), errors(400, "MANIFEST_INVALID", "no such thing")));
        SyncReport.Item refused = run(rule);
        assertEquals(FailureKind.INCOMPATIBLE, refused.failures().get(0).kind(), refused::toString);
        assertTrue(refused.failures().get(0).message().contains("leave \"referrers\" out"), refused::toString);
        assertEquals(Set.of(), tags());

        both.to.withFault(request -> Optional.empty());
        assertEquals(Outcome.COPIED, run(rule).outcome());
        assertEquals(Set.of("v1", tag), tags());
    }

    @Test
    void aTokenForReadingIsExchangedForOneForWriting() throws Exception {
        push(image, "v1");
        cosign(image.digest(), "sig", "us");
        BearerGate gate = new BearerGate(100, "").guard(both.from);
        SyncItem within = TwoRegistries.item(
                TwoRegistries.FROM, "quay.io/mirror/cann", TagPatterns.all().withReferrers());
        SyncReport.Item first = run(within);
        assertEquals(Outcome.COPIED, first.outcome(), first::toString);
        assertTrue(gate.tokens() > 2);
        assertEquals(Outcome.UP_TO_DATE, run(within).outcome());
    }

    @Test
    void aListingOfReferrersThatFailsFailsTheTag() throws Exception {
        both.option(SyncOptions.RETRIES, 0);
        push(image, "v1");
        both.from.withFault(always(asks("GET", "/referrers/"), status(500)));
        SyncReport.Item item = run(rule);
        assertEquals(Outcome.FAILED, item.outcome(), item::toString);
        both.from.withFault(always(
                asks("GET", "/referrers/"),
                new mockwebserver3.MockResponse.Builder()
                        .setHeader("Content-Type", "text/html")
                        .body("<html>log in</html>")
                        .build()));
        assertEquals(Outcome.FAILED, run(rule).outcome());
        assertEquals(Set.of(), tags());
    }

    @Test
    void withoutTheWordSignaturesAreTagsAsAnyOther() throws Exception {
        push(image, "v1");
        String tag = cosign(image.digest(), "sig", "us");
        assertEquals(2, both.run().entries().copied());
        assertEquals(Set.of("v1", tag), tags());
        assertEquals(Outcome.UP_TO_DATE, run(rule).outcome(), "and are as good");
    }
}
