package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RememberedListingsTest {
    private final RememberedListings remembered = new RememberedListings(5);

    private static ArtifactRef ref(String name) {
        return ArtifactRef.of("modelscope", name).pinned("master", "sha256:1");
    }

    private static ServedFiles files(int count) {
        return new ServedFiles(Collections.nCopies(count, Entry.tag("x")), "");
    }

    @Test
    void aListingIsHandedOutOnce() {
        remembered.put(ref("a"), files(2));
        assertEquals(Optional.of(files(2)), remembered.take(ref("a")));
        assertEquals(Optional.empty(), remembered.take(ref("a")));
    }

    @Test
    void theOldestAreForgottenFirst() {
        remembered.put(ref("a"), files(2));
        remembered.put(ref("b"), files(2));
        remembered.put(ref("c"), files(2));
        assertEquals(Optional.empty(), remembered.take(ref("a")));
        assertEquals(Optional.of(files(2)), remembered.take(ref("b")));
        assertEquals(Optional.of(files(2)), remembered.take(ref("c")));
    }

    @Test
    void whatWasTakenOrReplacedCountsNoMore() {
        remembered.put(ref("a"), files(4));
        remembered.put(ref("a"), files(3));
        remembered.put(ref("b"), files(2));
        assertEquals(Optional.of(files(3)), remembered.take(ref("a")));
        remembered.put(ref("c"), files(3));
        assertEquals(Optional.of(files(2)), remembered.take(ref("b")));
    }

    @Test
    void theNewestIsKeptWhateverItsSize() {
        remembered.put(ref("a"), files(1));
        remembered.put(ref("b"), files(100));
        assertEquals(Optional.empty(), remembered.take(ref("a")));
        assertEquals(Optional.of(files(100)), remembered.take(ref("b")));
    }
}
