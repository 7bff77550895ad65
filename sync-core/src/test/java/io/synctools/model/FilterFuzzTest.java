package io.synctools.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in a filter of a list, it is refused with a reason or chooses in a bounded time, and consistently. */
class FilterFuzzTest {

    @Provide
    Arbitrary<String> globs() {
        return Arbitraries.strings().withChars("ab/.*?[]!-\\😀").ofMaxLength(40);
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.strings().withChars("ab/.]-\\😀\n").ofMaxLength(40);
    }

    @Provide
    Arbitrary<String> ranges() {
        return Arbitraries.of(
                        ">=", "<", "^", "~", "!=", "1", "0", "12", ".", "x", "*", " ", ",", "||", "-", "v", "rc1", "-0",
                        "é")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> tags() {
        return Arbitraries.of("v", "1", "0", "01", "12", "999999999999999999999", ".", "-", "_", "rc", "a", "A", "x")
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Property(seed = "20260101")
    void ignoringIsTheOppositeOfAllowing(@ForAll("globs") String glob, @ForAll("paths") String path) {
        boolean allowed = PathPatterns.of(Optional.of(List.of(glob)), List.of()).accepts(path);
        boolean notIgnored = PathPatterns.of(Optional.empty(), List.of(glob)).accepts(path);

        assertEquals(allowed, !notIgnored);
    }

    @Property(seed = "20260101")
    void aPathWithoutWildcardsMatchesItself(@ForAll("paths") String path) {
        String literal = path.replace("]", "").replace("\\", "/");

        assertEquals(
                !literal.endsWith("/") || literal.isEmpty(),
                PathPatterns.of(Optional.of(List.of(literal)), List.of()).accepts(literal) && !literal.endsWith("/"));
    }

    @Property(seed = "20260101")
    void aRangeIsRefusedWithAReasonOrChoosesLikeItself(@ForAll("ranges") String range, @ForAll("tags") String tag) {
        TagPatterns patterns;
        try {
            patterns = TagPatterns.all().semver(range);
        } catch (IllegalArgumentException e) {
            assertNotNull(e.getMessage());
            return;
        }
        boolean alone = patterns.accepts(tag);

        assertEquals(alone, TagPatterns.all().semver(range + " || " + range).accepts(tag));
        assertTrue(!alone || TagVersion.parse(tag).isPresent());
    }

    @Property(seed = "20260101")
    void theNewestOfTwoDoesNotDependOnTheirOrder(@ForAll("tags") String one, @ForAll("tags") String other) {
        TagPatterns newest = TagPatterns.all().newest(1);

        List<String> kept = newest.narrow(List.of(one, other));

        assertEquals(kept.get(0), newest.narrow(List.of(other, one)).get(0));
    }

    @Property(seed = "20260101")
    void theNewestOfThreeIsTheNewestOfItsPairs(
            @ForAll("tags") String one, @ForAll("tags") String other, @ForAll("tags") String third) {
        TagPatterns newest = TagPatterns.all().newest(1);
        String ofTwo = newest.narrow(List.of(one, other)).get(0);

        assertEquals(
                newest.narrow(List.of(ofTwo, third)).get(0),
                newest.narrow(List.of(one, other, third)).get(0));
    }
}
