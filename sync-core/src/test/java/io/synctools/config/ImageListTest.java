package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.Shard;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.model.TagPatterns;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageListTest {
    private static final Destinations STANDARD = Destinations.standard(Optional.empty());

    private static ListReading read(Destinations destinations, String content) {
        return new ListReader(destinations).readFiles(ListKind.IMAGES, List.of(ListFile.of("images.json", content)));
    }

    private static List<String> faults(String content) {
        return read(STANDARD, content).faults().stream()
                .map(ListFault::toString)
                .toList();
    }

    private static String rule(String src, String dest, String more) {
        return "{\"src\":\"" + src + "\",\"dest\":\"" + dest + "\"" + more + "}";
    }

    private static SyncItem only(Destinations destinations, String rule) {
        ListReading reading = read(destinations, "[" + rule + "]");
        assertEquals(List.of(), reading.faults());
        return reading.items().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "quay.io/b/, quay.io/b/cann, quay.io/b/cann/cann",
        "quay.io/b/cann, quay.io/b/cann, quay.io/b/cann/cann",
        "quay.io/b/x, quay.io/b/x, quay.io/b/x/cann",
        "127.0.0.1:5000/x/, 127.0.0.1:5000/x/cann, 127.0.0.1:5000/x/cann/cann",
        "localhost/x, localhost/x, localhost/x/cann",
    })
    void aTrailingSlashAppendsTheLastNameAndTheOptionAlways(String dest, String plain, String appended) {
        String rule = rule("quay.io/ascend/cann", dest, "");

        SyncItem item = only(STANDARD, rule);

        assertEquals(ArtifactRef.of("docker", "quay.io/ascend/cann"), item.from());
        assertEquals(ArtifactRef.of("docker", plain), item.to());
        assertEquals(NameFilter.ALL, item.filter());
        assertEquals(appended, only(STANDARD.withAppendedNames(), rule).to().name());
    }

    @Test
    void filtersBecomeTagPatterns() {
        SyncItem item = only(
                STANDARD,
                rule(
                        "quay.io/a/b",
                        "quay.io/c/",
                        ",\"tag_filter\":\"CANN\",\"include\":\"v.*\",\"exclude\":\".*-dev\",\"semver\":\">=1.2\",\"newest\":3"));

        assertEquals(
                TagPatterns.all()
                        .containing("cann")
                        .include("v.*")
                        .exclude(".*-dev")
                        .semver(">=1.2")
                        .newest(3),
                item.filter());
    }

    @Test
    void renameNamesAndDoesNotSelect() {
        SyncItem item = only(STANDARD, rule("quay.io/a/b", "quay.io/c/", ",\"rename\":{\"v1\":\"stable\"}"));
        assertEquals(TagPatterns.all().renaming("v1", "stable"), item.filter());
        assertEquals("stable", item.filter().renamed("v1"));
        assertEquals("v2", item.filter().renamed("v2"));
        assertTrue(item.filter().accepts("v2"));
    }

    @Test
    void referrersComeWithTheirImageAndAreNoTagsOfTheirOwn() {
        String signature = "sha256-" + "0a".repeat(32);
        SyncItem with = only(STANDARD, rule("quay.io/a/b", "quay.io/c/", ",\"referrers\":true"));
        assertTrue(with.filter().referrers());
        assertTrue(with.filter().accepts("v1"));
        for (String tag : List.of(signature, signature + ".sig", signature + ".att", signature + ".sbom")) {
            assertFalse(with.filter().accepts(tag), tag);
        }
        for (String tag : List.of("sha256-0a", signature + ".txt", "x" + signature, signature + "0")) {
            assertTrue(with.filter().accepts(tag), tag);
        }

        SyncItem without = only(STANDARD, rule("quay.io/a/b", "quay.io/c/", ",\"referrers\":false"));
        assertEquals(NameFilter.ALL, without.filter());
        assertTrue(without.filter().accepts(signature + ".sig"));

        SyncPlan plan = SyncPlan.of("x", List.of(with));
        assertTrue(plan.shard(new Shard(0, 2)).items().get(0).filter().referrers(), "a share, too");
    }

    @Test
    void aTagInADestinationShowsTheRuleThatGivesItThatName() {
        List<String> faults = faults("[" + rule("quay.io/a/b", "quay.io/x/y:stable", "") + "]");
        assertTrue(
                faults.get(0)
                        .contains("write \"quay.io/x/y\" and, to give one tag that name, \"include\": \"TAG\","
                                + " \"rename\": {\"TAG\": \"stable\"}"),
                faults::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ubuntu | has no registry host in front; for Docker Hub write \"docker.io/library/ubuntu\"",
                "lmsysorg/sglang | has no registry host in front; for Docker Hub write \"docker.io/lmsysorg/sglang\"",
                "docker://quay.io/a/b | write \"quay.io/a/b\"",
                "https://hub.docker.com/r/lmsysorg/sglang/tags | write \"docker.io/lmsysorg/sglang\"",
                "https://quay.io/repository/ascend/cann?tab=tags | write \"quay.io/ascend/cann\"",
                "quay.io/a/ubuntu:22.04 | holds a tag; write \"quay.io/a/ubuntu\" and, for that tag alone, \"include\": \"22\\\\.04\"",
                "quay.io/a/b@sha256:00 | holds a digest; a rule mirrors tags: write \"quay.io/a/b\"",
                "quay.io/A/b | has capitals; write \"quay.io/a/b\"",
                "quay.io/a//b | cannot be a part of a repository's name",
                "quay.io/a/$(id) | cannot be a part of a repository's name",
                "quay.io/a/../b | cannot be a part of a repository's name",
                "qu ay.io/a | no registry host",
                "-quay.io/a | is no registry host",
                "quay.io/a/ | ends with a slash; a source names one repository",
            })
    void refusesWhatIsNoRepositoryAndSaysHowToMendIt(String src, String message) {
        List<String> faults = faults("[" + rule(src, "quay.io/x/y", "") + "]");

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("images.json:1:9: error: \"src\": "), faults::toString);
        assertTrue(faults.get(0).contains(message), faults::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "\"include\":\"a(\" ~ 1:54: error: \"include\": \"a(\" is no regular expression: Unclosed group",
                "\"exclude\":\"[z-a]\" ~ is no regular expression: Illegal character range",
                "\"semver\":\"new\" ~ is no range of versions such as \">=1.2 <2\": \"new\" is no version",
                "\"semver\":\"1 || \" ~ it is empty, or an alternative of it",
                "\"newest\":0 ~ write a whole number from 1",
                "\"newest\":\"3\" ~ write a whole number from 1",
                "\"newest\":1.5 ~ write a whole number from 1",
                "\"rename\":\"v1\" ~ \"rename\" is an object such as {\"v1\": \"stable\"}",
                "\"rename\":{\"v1\":\"a b\"} ~ \"v1\" and its name have to be tags",
                "\"rename\":{\"v1\":\"x\",\"v2\":\"x\"} ~ \"v1\" and \"v2\" would both be \"x\" at the destination",
                "\"referrers\":\"true\" ~ write true or false, without quotes",
                "\"signatures\":true ~ did you mean \"referrers\"?",
                "\"tag_filter\":\"a b\" ~ no tag contains \"a b\"",
                "\"tag_fliter\":\"x\" ~ unknown key \"tag_fliter\"; did you mean \"tag_filter\"?",
                "\"source\":\"x\" ~ did you mean \"src\"?",
            })
    void refusesBadFiltersAndKeys(String more, String message) {
        List<String> faults = faults("[" + rule("quay.io/a/b", "quay.io/x/y", "," + more) + "]");

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).contains(message), faults::toString);
    }

    @Test
    void bothNamesOfARuleAreCheckedAndBothMustBeThere() {
        assertEquals(2, faults("[" + rule("a", "b:1", "") + "]").size());
        assertEquals(
                List.of(
                        "images.json:1:2: error: the key \"src\" is missing in this object",
                        "images.json:1:2: error: the key \"dest\" is missing in this object"),
                faults("[{}]"));
    }

    @Test
    void theSameRuleTwiceIsDoneOnceAnotherSourceIntoOneDestinationIsAWarning() {
        String one = rule("quay.io/a/b", "quay.io/x/y", "");
        String other = rule("quay.io/c/d", "quay.io/x/y", "");

        ListReading reading = read(STANDARD, "[" + one + ",\n" + one + ",\n" + other + "]");

        assertEquals(2, reading.items().size());
        assertEquals(2, reading.faults().size());
        assertTrue(reading.faults().get(0).toString().contains("2:1: warning: the same entry as at images.json:1:2"));
        assertTrue(reading.faults().get(1).toString().contains("3:1: warning: writes to quay.io/x/y as does the rule"));
    }

    @Test
    void aRuleIntoItselfIsAnError() {
        assertTrue(
                faults("[" + rule("quay.io/a/b", "quay.io/a/", "") + "]").get(0).contains("the same repository"));
    }

    @Test
    void fixedFlowsMakeTheSameItems() {
        SyncItem item = ImageRule.item("quay.io/ascend/cann", "quay.io/b/", NameFilter.ALL, false);

        assertEquals("docker:quay.io/b/cann", item.to().text());
        assertThrows(IllegalArgumentException.class, () -> ImageRule.item("cann", "quay.io/b/", NameFilter.ALL, false));
    }
}
