package io.synctools.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagPatternsTest {

    private static List<String> chosen(TagPatterns patterns, String... tags) {
        return patterns.narrow(Arrays.stream(tags).filter(patterns::accepts).toList());
    }

    @Test
    void aWordIsFoundAnywhereInAnyCase() {
        assertEquals(
                List.of("v0.5-CANN8", "cann-latest"),
                chosen(TagPatterns.all().containing("Cann"), "v0.5-CANN8", "cuda", "cann-latest", "can-n"));
    }

    @Test
    void regularExpressionsCoverTheWholeTag() {
        TagPatterns patterns = TagPatterns.all().include("v[0-9.]+").exclude("v0\\..*");

        assertEquals(List.of("v1.2"), chosen(patterns, "v1.2", "v0.9", "v1.2-dev", "xv1.2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                ">=1.2 <2; 1.2 v1.2.0 1.9.9; 1.1.9 2.0 2.0.0-rc1 1.3.0-rc1 latest",
                ">=1.2, <2; 1.2.0 1.10; 1.1 2",
                "^1.2; 1.2.0 1.99; 1.1 2.0.0",
                "^0.2.3; 0.2.3 0.2.9; 0.3.0 0.2.2",
                "^0.0.3; 0.0.3; 0.0.4",
                "^0; 0.0.1 0.9; 1",
                "~1.2; 1.2.0 1.2.9; 1.3.0",
                "~1.2.3; 1.2.3 1.2.9; 1.2.2 1.3",
                "~1; 1.0 1.9; 2.0",
                "1.x; 1.0 1.9.9; 2.0 0.9",
                "1.2.*; 1.2.0 1.2.7; 1.3.0",
                "*; 0.0.1 99; latest 1.0-rc1",
                "1.2 - 1.4; 1.2.0 1.4.9; 1.5.0 1.1",
                "1.2.3; v1.2.3 1.2.3; 1.2.4 1.2.3-x",
                "=1.2; 1.2.0 1.2.5; 1.3",
                ">1.2; 1.3 2; 1.2.9 1.2.0",
                "<=1.2; 1.2.9 1.0; 1.3.0",
                "!=1.2 >=1; 1.0 1.3; 1.2.5",
                "<1 || >=2.1; 0.9 2.1.0; 1.0 2.0.9",
                ">=1.2.0-0 <1.3; 1.2.0-rc1 1.2.5 1.2.5-rc1; 1.1.9 1.3.0-rc1",
                ">=0.11.0-rc1 <1; 0.11.0rc1 v0.11.0rc2 0.11.0 0.12.0-dev; 0.11.0rc0",
                "8.x-0; 8.2.rc1-910b 8.0; 9.0",
            })
    void rangesTakeWhatTheySay(String range, String inside, String outside) {
        TagPatterns patterns = TagPatterns.all().semver(range);

        for (String tag : inside.trim().split(" ")) {
            assertTrue(patterns.accepts(tag), tag + " in " + range);
        }
        for (String tag : outside.trim().split(" ")) {
            assertFalse(patterns.accepts(tag), tag + " not in " + range);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "new", ">=", "1.2.3.4", "1 ||", "1..2", ">=1.2<2", "^a", "1.2 -", "==1"})
    void whatIsNoRangeIsRefused(String range) {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> TagPatterns.all().semver(range));

        assertTrue(refused.getMessage().matches(".*(no version|empty).*"), refused.getMessage());
    }

    @Test
    void theNewestAreVersionsByPrecedenceThenTheRestByNaturalOrder() {
        String[] tags = {"nightly-9", "v1.9.0", "latest", "v1.10.0-rc2", "v1.10.0", "nightly-10", "1.2", "v1.10.0-rc10"
        };

        assertEquals(List.of("v1.10.0"), chosen(TagPatterns.all().newest(1), tags));
        assertEquals(
                List.of("v1.10.0-rc2", "v1.10.0", "v1.10.0-rc10"),
                chosen(TagPatterns.all().newest(3), tags));
        assertEquals(
                List.of("v1.9.0", "v1.10.0-rc2", "v1.10.0", "nightly-10", "1.2", "v1.10.0-rc10"),
                chosen(TagPatterns.all().newest(6), tags));
        assertEquals(Arrays.asList(tags), chosen(TagPatterns.all().newest(100), tags));
    }

    @Test
    void theNewestAreCountedAfterTheOtherConditions() {
        assertEquals(List.of("v1-a"), chosen(TagPatterns.all().containing("a").newest(1), "v1-a", "v2-b", "v0-a"));
    }

    @Test
    void theTextNamesEveryConditionAndNotTheirOrder() {
        TagPatterns one = TagPatterns.all().containing("A").include("x\"y").newest(2);
        TagPatterns same = TagPatterns.all().newest(2).include("x\"y").containing("a");

        assertEquals(one, same);
        assertEquals(one.text(), same.text());
        assertNotEquals(one, TagPatterns.all().containing("a").include("x\"y").newest(3));
        assertNotEquals(
                TagPatterns.all().include("a\" exclude=\"b"),
                TagPatterns.all().include("a").exclude("b"));
        assertEquals("", TagPatterns.all().text());
    }

    @Test
    void anExpressionThatBacktracksForEverIsStopped() {
        TagPatterns patterns = TagPatterns.all().include("(.*a){20}b");

        SyncException stopped = assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThrows(SyncException.class, () -> patterns.accepts("a".repeat(128))));

        assertTrue(stopped.getMessage().contains("takes too long"), stopped.getMessage());
    }

    @Test
    void aBadExpressionSaysWhere() {
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> TagPatterns.all().include("a(b"))
                .getMessage()
                .contains("Unclosed group"));
        assertThrows(IllegalArgumentException.class, () -> TagPatterns.all().newest(0));
    }

    @Test
    void theOrderOfTagsIsTotal() {
        List<String> tags = List.of("v1", "1", "1.0", "01", "latest", "v1-rc01", "v1-rc1", "a", "A", "1.0.0.0");
        for (String left : tags) {
            for (String right : tags) {
                if (left.equals(right)) {
                    continue;
                }
                boolean leftFirst =
                        chosen(TagPatterns.all().newest(1), left, right).equals(List.of(left));
                boolean rightFirst =
                        chosen(TagPatterns.all().newest(1), right, left).equals(List.of(right));
                assertEquals(
                        leftFirst,
                        chosen(TagPatterns.all().newest(1), right, left).equals(List.of(left)));
                assertNotEquals(leftFirst, rightFirst, left + " and " + right);
            }
        }
    }
}
