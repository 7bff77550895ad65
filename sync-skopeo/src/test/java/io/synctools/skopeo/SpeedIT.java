package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.model.TagPatterns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What many tags cost, in requests, connections and processes. */
class SpeedIT {
    private final TwoRegistries both;

    SpeedIT(@TempDir Path folder) throws IOException {
        both = new TwoRegistries(folder);
    }

    @AfterEach
    void stop() throws IOException {
        both.close();
    }

    @Test
    void anUnchangedRepositoryCostsTwoHeadsForEachTagAndFewConnections() {
        both.from.withFault(listOf(1000));
        both.to.withFault(listOf(1000));
        SyncReport.Item item = both.run();
        assertEquals(Outcome.UP_TO_DATE, item.outcome(), item::toString);
        assertEquals(1000, item.entries().same());
        assertEquals(2001, item.requests());
        assertEquals(1000, both.from.count("HEAD", "/manifests/"));
        assertEquals(1000, both.to.count("HEAD", "/manifests/"));
        assertEquals(2001, both.from.requests().size() + both.to.requests().size());
        assertTrue(both.from.connections() <= 17, () -> both.from.connections() + " connections");
        assertTrue(both.to.connections() <= 17, () -> both.to.connections() + " connections");
    }

    @Test
    void tenThousandTagsAreListedOnceForThreeRules() {
        Function<RecordedRequest, Optional<MockResponse>> registry = listOf(10_000);
        both.from.withFault(registry);
        both.to.withFault(registry);
        List<SyncReport.Item> items = both.run(
                TwoRegistries.item(
                        TwoRegistries.FROM, TwoRegistries.TO, TagPatterns.all().newest(5)),
                TwoRegistries.item(
                        TwoRegistries.FROM,
                        TwoRegistries.TO + "-two",
                        TagPatterns.all().include("v9.9")),
                TwoRegistries.item(
                        TwoRegistries.FROM,
                        TwoRegistries.TO + "-three",
                        TagPatterns.all().semver(">=9000 <9003")));
        assertEquals(
                List.of(5L, 10L, 3L),
                items.stream().map(item -> item.entries().same()).toList(),
                items::toString);
        assertEquals(1, both.from.count("GET", "/tags/list"));
        assertEquals(0, both.to.count("GET", "/tags/list"));
        assertEquals(18, both.to.requests().size());
    }

    @Test
    void severalTagsAreCopiedAtOnceWithinTheLimit() throws Exception {
        Set<String> lists = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            TestImage image = TestImage.oci("image " + i);
            both.push(image, "v" + i);
            lists.add("/v2/ascend/cann/manifests/" + image.digest());
        }
        both.option(SkopeoOptions.COPIES_PER_HOST, 3);
        CountDownLatch three = new CountDownLatch(3);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        both.from.withFault(request -> {
            if (request.getMethod().equals("GET") && lists.contains(request.getTarget())) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                three.countDown();
                awaitUnchecked(three);
            }
            return Optional.empty();
        });
        both.to.withFault(request -> {
            if (request.getMethod().equals("PUT") && request.getTarget().contains("/manifests/v")) {
                running.decrementAndGet();
            }
            return Optional.empty();
        });
        SyncReport.Item item = both.run();
        assertEquals(8, item.entries().copied(), item::toString);
        assertEquals(0, three.getCount());
        assertEquals(3, most.get());
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A registry whose tags all point to one list. */
    private static Function<RecordedRequest, Optional<MockResponse>> listOf(int tags) {
        String list = IntStream.range(0, tags).mapToObj(i -> "\"v" + i + "\"").collect(Collectors.joining(","));
        String digest = TestImage.oci("same").digest();
        return request -> Optional.of(
                request.getTarget().endsWith("/tags/list")
                        ? new MockResponse.Builder()
                                .body("{\"tags\":[" + list + "]}")
                                .build()
                        : new MockResponse.Builder()
                                .setHeader("Docker-Content-Digest", digest)
                                .setHeader("Content-Type", Manifest.OCI_INDEX)
                                .build());
    }
}
