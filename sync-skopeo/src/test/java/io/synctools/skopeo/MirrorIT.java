package io.synctools.skopeo;

import static io.synctools.skopeo.CannedResponses.always;
import static io.synctools.skopeo.CannedResponses.asks;
import static io.synctools.skopeo.CannedResponses.errors;
import static io.synctools.skopeo.CannedResponses.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.NameFilter;
import io.synctools.model.PlannedShard;
import io.synctools.model.Shard;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.model.TagPatterns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors between two real registries by the real skopeo and the real engine. */
class MirrorIT {
    private final TwoRegistries both;

    MirrorIT(@TempDir Path folder) throws IOException {
        both = new TwoRegistries(folder);
    }

    @AfterEach
    void stop() throws IOException {
        both.close();
    }

    @Test
    void copiesAllTagsWithAllPlatformsThenFindsNothingToDo() throws Exception {
        for (int i = 0; i < 5; i++) {
            both.push(TestImage.oci("image " + i), "v" + i);
        }
        SyncReport.Item first = both.run();
        assertEquals(Outcome.COPIED, first.outcome(), first::toString);
        assertEquals(5, first.entries().copied());
        assertEquals(List.of(), first.notes());
        assertEquals(10, both.to.count("PUT", "/manifests/sha256:"), "both platforms of each");

        SyncReport.Item second = both.run();
        assertEquals(Outcome.UP_TO_DATE, second.outcome(), second::toString);
        assertEquals(5, second.entries().same());
        assertEquals(11, second.requests());
        assertEquals(11, both.from.requests().size() + both.to.requests().size());
        assertEquals(5, both.to.count("HEAD", "/manifests/"));
        assertTrue(both.from.connections() + both.to.connections() <= 34);
        assertEquals("docker:quay.io/ascend/cann", second.from());
        assertEquals(both.from.authority(), second.host());
    }

    @Test
    void anImageOfTheOldSchema1ComesConvertedAndIsKnownAfterwards() throws Exception {
        both.push(TestImage.docker("an old one"), "new");
        both.makeSchema1("new", "old");
        SyncReport.Item first = both.run();
        assertEquals(Outcome.COPIED, first.outcome(), first::toString);
        assertEquals(2, first.entries().copied());
        assertEquals(1, both.to.count("PUT", "/manifests/old"), "sent once, in a form that a registry of today takes");
        SyncReport.Item second = both.run();
        assertEquals(Outcome.UP_TO_DATE, second.outcome(), second::toString);

        both.makeSchema1("new", "old");
        Files.delete(both.ledger());
        SyncReport.Item third = both.run();
        assertEquals(1, third.entries().copied(), "no look tells that its settings are the same: " + third);
        assertEquals(0, both.to.count("POST", "/blobs/uploads"), "its layers are there");
    }

    @Test
    void aPreviewWritesNothing() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        SyncReport.Item preview = both.preview();
        assertEquals(Outcome.WOULD_COPY, preview.outcome(), preview::toString);
        assertEquals(0, both.to.count("PUT", "") + both.to.count("POST", ""));
        assertFalse(Files.exists(both.ledger().getParent()));
        assertEquals(List.of(), both.leftovers());
    }

    @Test
    void oneChangedTagCopiesOneTag() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.push(TestImage.oci("two"), "v2");
        both.run();
        both.push(TestImage.oci("changed"), "v2");
        SyncReport.Item item = both.run();
        assertEquals(1, item.entries().copied(), item::toString);
        assertEquals(1, item.entries().same());
        assertEquals(1, both.to.count("PUT", "/manifests/v2"));
        assertEquals(0, both.to.count("PUT", "/manifests/v1"));
    }

    @Test
    void aTagOverwrittenOrDeletedAtTheDestinationIsRepaired() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.push(TestImage.oci("two"), "v2");
        both.run();
        both.plant(TestImage.oci("foreign"), "v1");
        TestImage.delete(
                both.destination.authority(),
                "base/cann",
                TestImage.oci("two").digest(),
                LocalRegistry.USER,
                LocalRegistry.PASSWORD);
        SyncReport.Item item = both.run();
        assertEquals(2, item.entries().copied(), item::toString);
        assertEquals(Outcome.UP_TO_DATE, both.run().outcome());
    }

    @Test
    void oneForbiddenTagFailsAloneAndIsNamed() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.push(TestImage.oci("two"), "v2");
        both.push(TestImage.oci("three"), "v3");
        both.from.withFault(always(asks("HEAD", "/manifests/v2"), status(403)));
        SyncReport.Item item = both.run();
        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(2, item.entries().copied());
        assertEquals(1, item.failures().size());
        assertEquals("v2", item.failures().get(0).entry());
        assertEquals(FailureKind.ACCESS, item.failures().get(0).kind());
        String message = item.failures().get(0).message();
        assertTrue(message.contains("QUAY_IO_USER") && message.contains("QUAY_ASCEND_USER"), message);
    }

    @Test
    void aPushThatIsForbiddenFailsAloneAndSaysWhy() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.push(TestImage.oci("two"), "v2");
        both.to.withFault(always(asks("PUT", "/manifests/v2"), errors(403, "DENIED", "not yours")));
        SyncReport.Item item = both.run();
        assertEquals(1, item.entries().copied(), item::toString);
        assertEquals(
                List.of("v2"),
                item.failures().stream().map(SyncReport.Failure::entry).toList());
        assertEquals(FailureKind.ACCESS, item.failures().get(0).kind(), item::toString);
        assertFalse(item.failures().get(0).message().contains(LocalRegistry.PASSWORD));
        assertTrue(item.failures().get(0).message().contains("SWR_CN_EAST_4_MYHUAWEICLOUD_COM_USER"), item::toString);
    }

    @Test
    void aDestinationThatTakesNoOciIndexGetsADockerListOnceAndIsRemembered() throws Exception {
        TestImage image = TestImage.oci("one");
        both.push(image, "v1");
        refuseOciIndexes();
        SyncReport.Item first = both.run();
        assertEquals(Outcome.COPIED, first.outcome(), first::toString);
        assertTrue(first.notes().toString().contains("converted for swr.cn-east-4.myhuaweicloud.com"), first::toString);

        SyncReport.Item second = both.run();
        assertEquals(Outcome.UP_TO_DATE, second.outcome(), second::toString);
        assertEquals(3, second.requests());

        both.push(TestImage.oci("two"), "v2");
        SyncReport.Item third = both.run();
        assertEquals(1, third.entries().copied(), third::toString);
        assertEquals(2, both.to.count("PUT", "/manifests/v2"), "straight to the conversion: one index, one list");
    }

    @Test
    void aConversionIsRecognisedAgainWhenTheLedgerIsLost() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        refuseOci();
        assertEquals(1, both.run().entries().copied());
        Files.delete(both.ledger());
        SyncReport.Item again = both.run();
        assertEquals(Outcome.UP_TO_DATE, again.outcome(), again::toString);
        assertEquals(0, both.to.count("PUT", ""));
        assertEquals(3, both.run().requests(), "and remembered again");
    }

    @Test
    void aReserialisedListIsTheSameContent() throws Exception {
        TestImage image = TestImage.oci("one");
        both.push(image, "v1");
        image.pushReserialised(
                both.destination.authority(), "base/cann", "v1", LocalRegistry.USER, LocalRegistry.PASSWORD);
        SyncReport.Item first = both.run();
        assertEquals(Outcome.UP_TO_DATE, first.outcome(), first::toString);
        assertEquals(0, both.to.count("PUT", ""));
        assertEquals(3, both.run().requests(), "remembered, so that looking costs HEADs only");
    }

    @Test
    void aListWithTheSameChildrenForOtherPlatformsIsAnother() throws Exception {
        TestImage image = TestImage.oci("one");
        both.push(image, "v1");
        image.pushWithPlatformsSwapped(
                both.destination.authority(), "base/cann", "v1", LocalRegistry.USER, LocalRegistry.PASSWORD);
        assertEquals(1, both.run().entries().copied());
        assertEquals(Outcome.UP_TO_DATE, both.run().outcome());
    }

    @Test
    void aRegistryWhoseHeadSaysNotFoundIsAskedAgainOnBothSides() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        assertEquals(1, both.run().entries().copied());
        both.from.withFault(always(asks("HEAD", "/manifests/"), status(404)));
        both.to.withFault(always(asks("HEAD", "/manifests/"), status(404)));
        SyncReport.Item item = both.run();
        assertEquals(Outcome.UP_TO_DATE, item.outcome(), item::toString);
    }

    @Test
    void oneOddTagIsNamedAndTheOthersGoOn() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.from.withFault(always(
                asks("GET", "/tags/list"),
                new MockResponse.Builder()
                        .body("{\"tags\":[\"v1\",\"sha256:abc\",\"a b\"]}")
                        .build()));
        SyncReport.Item all = both.run();
        assertEquals(Outcome.COPIED, all.outcome(), all::toString);
        assertEquals(1, all.entries().total());
        assertEquals(2, all.notes().size(), all::toString);
        assertTrue(all.notes().toString().contains("\"sha256:abc\", which no tag can be"), all::toString);
        NameFilter versions = TagPatterns.all().include("v.*");
        SyncReport.Item some = both.run(TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO, versions))
                .get(0);
        assertEquals(List.of(), some.notes(), "left out by the rule itself");
    }

    @Test
    void aFilterThatMatchesNothingFailsItsRuleWithTheNearestTags() throws Exception {
        both.push(TestImage.oci("one"), "v0.9-cann8");
        both.push(TestImage.oci("one"), "nightly");
        NameFilter typo = TagPatterns.all().containing("v9.9-cann8");
        var rule = TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO, typo);
        for (SyncReport.Item item : List.of(
                both.run(rule).get(0),
                both.run(rule, TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO + "2"))
                        .get(0))) {
            assertEquals(Outcome.FAILED, item.outcome(), item::toString);
            assertEquals(FailureKind.NOT_FOUND, item.failures().get(0).kind());
            String message = item.failures().get(0).message();
            assertTrue(message.contains("none of the 2 tags"), message);
            assertTrue(message.contains("the nearest are v0.9-cann8, "), message);
        }
    }

    @Test
    void aTagIsMirroredUnderAnotherName() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.push(TestImage.oci("two"), "v2");
        NameFilter rename = TagPatterns.all().renaming("v1", "stable");
        var rule = TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO, rename);
        assertEquals(2, both.run(rule).get(0).entries().copied());
        assertEquals(1, both.to.count("PUT", "/manifests/stable"));
        assertEquals(0, both.to.count("PUT", "/manifests/v1"));
        assertEquals(Outcome.UP_TO_DATE, both.run(rule).get(0).outcome());

        both.push(TestImage.oci("three"), "stable");
        SyncReport.Item clash = both.run(rule).get(0);
        assertEquals(FailureKind.INCOMPATIBLE, clash.failures().get(0).kind(), clash::toString);
        assertEquals(0, both.to.count("PUT", ""));
    }

    @Test
    void sharesDivideTheTagsOfOneRepository() throws Exception {
        for (int i = 0; i < 8; i++) {
            both.push(TestImage.oci("image " + i), "v" + i);
        }
        SyncPlan plan = SyncPlan.of("test", List.of(TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO)));
        int copied = 0;
        for (int i = 0; i < 2; i++) {
            SyncReport.Item item = both.run(plan.shard(new Shard(i, 2)).items().toArray(SyncItem[]::new))
                    .get(0);
            assertTrue(item.entries().copied() > 0, item::toString);
            copied += item.entries().copied();
        }
        assertEquals(8, copied);
        NameFilter one = TagPatterns.all().include("v3");
        SyncPlan single = SyncPlan.of("test", List.of(TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO, one)));
        for (int i = 0; i < 2; i++) {
            SyncReport.Item item = both.run(
                            single.shard(new Shard(i, 2)).items().toArray(SyncItem[]::new))
                    .get(0);
            assertEquals(Outcome.UP_TO_DATE, item.outcome(), "an empty share is no failure: " + item);
        }
    }

    @Test
    void aShareMayNameTagsOfARepository() throws Exception {
        for (String tag : List.of("v1", "v2", "v3", "x")) {
            both.push(TestImage.oci(tag), tag);
        }
        NameFilter versions = TagPatterns.all().include("v.*");
        SyncPlan plan =
                SyncPlan.of("test", List.of(TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO, versions)));
        SyncPlan share = plan.shard(
                new PlannedShard(new Shard(1, 2), List.of("ascend/cann:v2", "ascend/cann:v3", "ascend/cann:x"), 0));
        assertEquals(List.of(), share.warnings());
        SyncReport.Item item = both.run(share.items().toArray(SyncItem[]::new)).get(0);
        assertEquals(2, item.entries().copied(), item::toString);
        assertEquals(1, both.to.count("PUT", "/manifests/v2"));
        assertEquals(0, both.to.count("PUT", "/manifests/v1") + both.to.count("PUT", "/manifests/x"));
        assertEquals(
                1,
                plan.shard(new PlannedShard(new Shard(0, 2), List.of("ascend/can:v2"), 0))
                        .warnings()
                        .size());
    }

    @Test
    void pullsThatARegistryCountsAreSpentWithMeasureOnSizes() throws Exception {
        for (int i = 0; i < 10; i++) {
            both.push(TestImage.oci("image " + i), "v" + i);
        }
        AtomicInteger left = new AtomicInteger(20);
        both.from.withAnswers((request, answer) -> {
            if (!request.getTarget().contains("/manifests/")) {
                return answer;
            }
            left.addAndGet(request.getMethod().equals("GET") ? -1 : 0);
            return answer.newBuilder()
                    .setHeader("ratelimit-limit", "100;w=21600")
                    .setHeader("ratelimit-remaining", left + ";w=21600")
                    .build();
        });
        List<String> tags = IntStream.range(0, 10).mapToObj(i -> "v" + i).toList();
        ImageSizes.Sizes sizes = ImageSizes.of(both.context()).of(ArtifactRef.of("docker", TwoRegistries.FROM), tags);
        assertTrue(left.get() >= 8, "about half are left for copies: " + left);
        assertEquals(4, sizes.bytes().size(), "three manifests each");
        assertTrue(sizes.bytes().values().stream().allMatch(bytes -> bytes > 100), sizes::toString);
        assertEquals(
                "quay.io counts pulls: 12 were made to learn the sizes of 4 of 10 tags of ascend/cann;"
                        + " 8 of 100 pulls left in 6 h",
                sizes.note().orElse(""));
    }

    @Test
    void twoSourcesOfOneRepositoryDoNotUndoEachOther() throws Exception {
        both.reach("docker.io", both.from);
        both.push(TestImage.oci("one"), "v1");
        both.push(TestImage.oci("ours"), "shared");
        TestImage.oci("other").push(both.source.authority(), "lmsysorg/sglang", "v2-cann");
        TestImage.oci("theirs").push(both.source.authority(), "lmsysorg/sglang", "shared");
        var ours = TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO);
        var theirs = TwoRegistries.item("docker.io/lmsysorg/sglang", TwoRegistries.TO);

        assertEquals(Outcome.COPIED, both.run(ours).get(0).outcome());
        SyncReport.Item second = both.run(theirs).get(0);
        assertEquals(1, second.entries().copied(), second::toString);
        assertEquals("shared", second.failures().get(0).entry());
        assertTrue(second.failures().get(0).message().contains("written from quay.io/ascend/cann"), second::toString);
        assertEquals(0, both.to.count("PUT", "/manifests/shared"));

        assertEquals(Outcome.UP_TO_DATE, both.run(ours).get(0).outcome());
        assertEquals(0, both.to.count("PUT", "") + both.to.count("DELETE", ""));
    }

    @Test
    void oneSourceWithTwoDestinationsAndTwoFiltersIsLookedAtOnce() throws Exception {
        both.push(TestImage.oci("one"), "v1-CANN");
        both.push(TestImage.oci("two"), "v2");
        List<SyncReport.Item> items = both.run(
                TwoRegistries.item(TwoRegistries.FROM, TwoRegistries.TO),
                TwoRegistries.item(
                        TwoRegistries.FROM,
                        TwoRegistries.TO + "2",
                        TagPatterns.all().containing("cann")));
        assertEquals(2, items.get(0).entries().copied(), items::toString);
        assertEquals(1, items.get(1).entries().copied(), items::toString);
        assertEquals(1, both.from.count("GET", "/tags/list"));
        assertEquals(2, both.from.count("HEAD", "/manifests/"));
    }

    @Test
    void aLedgerThatCannotBeSavedIsANoteAndNoFailure() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.option(SkopeoOptions.LEDGER, both.folder.resolve("source/config.yml/ledger.json"));
        SyncReport.Item item = both.run();
        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(1, item.notes().size(), item::toString);
        assertEquals(Outcome.UP_TO_DATE, both.run().outcome());
    }

    @Test
    void aListingThatFailsHalfWayFailsTheRule() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.option(SyncOptions.RETRIES, 1);
        both.from.withFault(request -> request.getTarget().endsWith("/tags/list")
                ? Optional.of(new MockResponse.Builder()
                        .body("{\"name\":\"ascend/cann\",\"tags\":[\"v1\"]}")
                        .setHeader("Link", "</v2/ascend/cann/tags/list?last=v1>; rel=\"next\"")
                        .build())
                : always(asks("GET", "/tags/list?last=v1"), status(500)).apply(request));
        SyncReport.Item item = both.run();
        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(FailureKind.UNAVAILABLE, item.failures().get(0).kind());
        assertEquals(0, both.to.requests().size());
    }

    @Test
    void aTagThatGoesAwayDuringTheRunIsLeftOutWithANote() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.from.withFault(
                request -> request.getTarget().endsWith("/tags/list") && both.from.count("GET", "/tags/list") == 1
                        ? Optional.of(new MockResponse.Builder()
                                .body("{\"name\":\"ascend/cann\",\"tags\":[\"v1\",\"gone\"]}")
                                .build())
                        : Optional.empty());
        SyncReport.Item item = both.run();
        assertEquals(Outcome.COPIED, item.outcome(), item::toString);
        assertEquals(1, item.entries().total());
        assertTrue(item.notes().toString().contains("gone"), item::toString);
    }

    @Test
    void aTagThatIsListedButNotThereFails() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.from.withFault(
                request -> request.getTarget().endsWith("/manifests/v1") ? Optional.of(status(404)) : Optional.empty());
        SyncReport.Item item = both.run();
        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(FailureKind.NOT_FOUND, item.failures().get(0).kind());
        assertEquals("v1", item.failures().get(0).entry());
    }

    private void refuseOciIndexes() {
        refuse(Manifest.OCI_INDEX);
    }

    private void refuseOci() {
        refuse("application/vnd.oci.image");
    }

    /** Refuses manifests as Huawei SWR does. */
    private void refuse(String typeStart) {
        both.to.withFault(always(
                asks("PUT", "/manifests/").and(request -> Objects.requireNonNull(
                                request.getHeaders().get("Content-Type"))
                        .startsWith(typeStart)),
                errors(400, "MANIFEST_INVALID", "Invalid image, fail to parse 'manifest.json'")));
    }

    @Test
    void aRegistryThatConfirmsAPushAndDoesNotMoveTheTagFailsEachTime() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        both.plant(TestImage.oci("old"), "v1");
        both.option(SyncOptions.RETRIES, 0);
        both.to.withFault(always(asks("PUT", "/manifests/v1"), status(201)));
        for (int run = 0; run < 2; run++) {
            SyncReport.Item item = both.run();
            assertEquals(Outcome.FAILED, item.outcome(), item::toString);
            assertEquals("v1", item.failures().get(0).entry());
            String message = item.failures().get(0).message();
            assertTrue(
                    message.contains("still points to " + TestImage.oci("old").digest()), message);
        }
        both.to.withFault(request -> Optional.empty());
        assertEquals(1, both.run().entries().copied());
    }

    @Test
    void whatASecondWriterPutThereBetweenPushAndLookIsNotRemembered() throws Exception {
        both.push(TestImage.oci("one"), "v1");
        secondWriter(() -> both.plant(TestImage.oci("foreign"), "v1"));
        SyncReport.Item first = both.run();
        assertEquals(Outcome.FAILED, first.outcome(), first::toString);
        assertTrue(first.failures().get(0).retryable());
        String message = first.failures().get(0).message();
        assertTrue(message.contains("somebody else writes"), message);
        assertEquals(1, both.run().entries().copied());
    }

    @Test
    void aRegistryThatReserialisesWhatItIsGivenIsCheckedAndRemembered() throws Exception {
        TestImage image = TestImage.oci("one");
        both.push(image, "v1");
        secondWriter(() -> image.pushReserialised(
                both.destination.authority(), "base/cann", "v1", LocalRegistry.USER, LocalRegistry.PASSWORD));
        SyncReport.Item first = both.run();
        assertEquals(Outcome.COPIED, first.outcome(), first::toString);
        SyncReport.Item second = both.run();
        assertEquals(Outcome.UP_TO_DATE, second.outcome(), second::toString);
        assertEquals(3, second.requests(), "remembered");
    }

    /** Does something once, between the push of v1 and the next look at it. */
    private void secondWriter(Runnable write) {
        AtomicBoolean pushed = new AtomicBoolean();
        AtomicBoolean written = new AtomicBoolean();
        both.to.withFault(request -> {
            if (asks("HEAD", "/manifests/v1").test(request) && pushed.get() && !written.getAndSet(true)) {
                write.run();
            }
            pushed.compareAndSet(false, asks("PUT", "/manifests/v1").test(request));
            return Optional.empty();
        });
    }
}
