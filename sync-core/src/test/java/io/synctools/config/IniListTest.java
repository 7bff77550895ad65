package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IniListTest {

    private static ListReading read(String content) {
        return new ListReader(Destinations.standard(Optional.of("/home/u")))
                .readFiles(ListKind.MODELS, List.of(ListFile.of("models.ini", content)));
    }

    private static List<String> faults(String content) {
        return read(content).faults().stream().map(ListFault::toString).toList();
    }

    private static List<String> names(String content) {
        ListReading reading = read(content);
        assertEquals(List.of(), reading.faults());
        return reading.items().stream().map(item -> item.from().toString()).toList();
    }

    @Test
    void bareNamesGoFromModelScopeIntoItsCache() {
        SyncItem item = read("\n  Qwen/Qwen2.5-7B-Instruct\n").items().get(0);

        assertEquals(ArtifactRef.of("modelscope", "models/Qwen/Qwen2.5-7B-Instruct"), item.from());
        assertEquals(ArtifactRef.of("modelscope-cache", "models/Qwen/Qwen2.5-7B-Instruct"), item.to());
        assertEquals(new Place("models.ini", 2, 3), item.declaredAt());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b\nc/d\n",
                "\uFEFFa/b\nc/d\n",
                "a/b\r\nc/d\r\n",
                "a/b\rc/d",
                "a/b\nc/d",
                "\n\n  a/b\t \n\tc/d   ",
                "# note\na/b # note\n;x\n  # y\nc/d ; z\n# end",
                "\"a/b\"\n'c/d'",
                "[modelscope]\na/b\n[ModelScope] # again\nc/d",
            })
    void isReadAlikeHoweverItIsWritten(String content) {
        assertEquals(List.of("modelscope:models/a/b", "modelscope:models/c/d"), names(content));
    }

    @Test
    void aSectionSetsThePlatformOfWhatFollows() {
        assertEquals(
                List.of("modelscope:models/a/b", "huggingface:models/c/d", "modelscope:models/e/f"),
                names("a/b\n[huggingface]\nc/d\n[modelscope]\ne/f\n"));
    }

    @Test
    void aNameWithoutOrganizationIsOneOfHuggingFace() {
        assertEquals(
                List.of("huggingface:models/gpt2", "huggingface:models/bert-base-uncased@v1"),
                names("[huggingface]\ngpt2\nbert-base-uncased = v1\n"));
        assertTrue(faults("gpt2\n").get(0).contains("lacks its organization"));
        assertTrue(faults("[huggingface]\n/gpt2\n").get(0).contains("the organization is empty"));
    }

    @Test
    void anEqualsSignPinsARevision() {
        assertEquals(
                List.of("modelscope:models/a/b@v1.0", "modelscope:models/c/d@refs/pr/3"),
                names("a/b = v1.0 # why\nc/d=refs/pr/3"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "org/org/name | repeats the organization; write \"org/name\"",
                "a/b/c | has 2 slashes; write organization/name",
                "gpt2 | lacks its organization; write organization/name",
                "https://huggingface.co/Qwen/Qwen2.5/tree/main | this is an address, not a name; write \"Qwen/Qwen2.5\"",
                "https://www.modelscope.cn/models/Qwen/Qwen2.5/summary | write \"Qwen/Qwen2.5\"",
                "modelscope.cn/datasets/a/b.git?x=y | write \"a/b\"",
                "https://example.com/ | write the name alone, organization/name",
                "-x/y | begins with \"-\"",
                "$(id)/y | holds \"$\"",
                "a/b:c | holds \":\"",
                "a\\b/c | holds \"\\\"",
                "a\u00A0/b | holds U+00A0",
                "a\u3000/b | U+3000",
                "a/模型 | holds \"模\"",
                "a/b.. | ends with \".\"",
                "a/b..c | two dots in a row",
                "a/ | the name is empty",
                "/b | the organization is empty",
                "a/b = | the revision is empty",
                "a/b = -x | begins or ends",
                "a/b = x..y | is no name of a branch",
                "a/b = $(id) | holds \"$\"",
                "=x | a name is missing before \"=\"",
                "[] | a section is [modelscope] or [huggingface]",
                "[a | a section is [modelscope] or [huggingface]",
                "[hugingface] | unknown section \"hugingface\"; did you mean \"huggingface\"?",
                "[hf] | did you mean \"huggingface\"?",
            })
    void refusesWhatIsNoNameAndSaysHowToMendIt(String line, String message) {
        List<String> faults = faults("ok/ok\n  " + line + "\nfine/too\n");

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("models.ini:2:3: error: "), faults::toString);
        assertTrue(faults.get(0).contains(message), faults::toString);
    }

    @Test
    void nulAndOtherControlsAreNamed() {
        assertTrue(
                faults("a/b\0").get(0).contains("U+0000"), () -> faults("a/b\0").toString());
        assertTrue(faults("\u0007a/b").get(0).contains("U+0007"));
        assertTrue(faults("a/b\u2028").get(0).contains("U+2028"), () -> faults("a/b\u2028")
                .toString());
        assertTrue(faults("a/b\u00A0").get(0).contains("U+00A0"));
    }

    @Test
    void twoHyphensAreAFaultOnHuggingFaceOnly() {
        assertEquals(List.of("modelscope:models/a/b--c"), names("a/b--c"));
        assertTrue(faults("[huggingface]\na/b--c").get(0).contains("two hyphens"));
    }

    @Test
    void allFaultsAreToldInTheOrderOfTheLines() {
        List<String> faults = faults("a/a/b\n[x\n-c/d\n[nonsense]\nq/r\n=\ngpt2");

        assertEquals(
                List.of(1, 2, 3, 4, 6, 7),
                faults.stream()
                        .map(fault -> Integer.parseInt(fault.split(":")[1]))
                        .toList(),
                faults::toString);
    }

    @Test
    void theSameEntryTwiceIsDoneOnceWithAWarningThatNamesBothPlaces() {
        ListReading reading = read("a/b\nc/d\n  a/b = master\n");

        assertEquals(2, reading.items().size());
        assertFalse(reading.hasErrors());
        assertEquals(
                List.of("models.ini:3:3: warning: the same entry as at models.ini:1:1; it is done once"),
                reading.faults().stream().map(ListFault::toString).toList());
    }

    @ParameterizedTest
    @CsvSource({"a/b,A/B", "a/c.d,a/c___d", "a/b=v1,a/b=v2"})
    void twoEntriesForOnePlaceAreAnError(String one, String two) {
        List<String> faults = faults(one + "\n" + two);

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("models.ini:2:1: error: writes to "), faults::toString);
        assertTrue(faults.get(0).contains("models.ini:1:1"), faults::toString);
        assertEquals(one.equalsIgnoreCase(two), faults.get(0).contains("differ only in upper and lower case"));
    }

    @Test
    void anEmptyListIsAWarning() {
        ListReading reading = read("# nothing yet\n\n");

        assertFalse(reading.hasErrors());
        assertEquals(List.of("models.ini:1:1: warning: declares nothing"), faults("# nothing yet\n\n"));
        assertEquals(List.of("models.ini:1:1: warning: declares nothing"), faults(""));
    }

    @Test
    void aLineLongerThanAnyBufferKeepsItsNumber() {
        String longLine = "a/" + "b".repeat(20_000);

        List<String> faults = faults("# x\n" + longLine + "\n-y/z\n");

        assertEquals(2, faults.size());
        assertTrue(faults.get(0).startsWith("models.ini:2:1: error: "), faults::toString);
        assertTrue(faults.get(0).contains("longer than 96"), faults::toString);
        assertTrue(faults.get(1).startsWith("models.ini:3:1: error: "), faults::toString);
    }
}
