package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.PathPatterns;
import io.synctools.model.SyncItem;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepositoryListTest {
    private static final String ENTRY = "\"platform\":\"huggingface\",\"organization\":\"o\",\"model_name\":\"n\"";
    private static final Destinations STANDARD = Destinations.standard(Optional.of("/home/u"));

    private static ListReading read(Destinations destinations, ListKind kind, String content) {
        return new ListReader(destinations).readFiles(kind, List.of(ListFile.of("list.json", content)));
    }

    private static ListReading read(String content) {
        return read(STANDARD, ListKind.MODELS, content);
    }

    private static List<String> faults(String content) {
        return read(content).faults().stream().map(ListFault::toString).toList();
    }

    private static SyncItem only(ListReading reading) {
        assertEquals(List.of(), reading.faults());
        assertEquals(1, reading.items().size());
        return reading.items().get(0);
    }

    private static String entry(String more) {
        return "[\n  {" + ENTRY + more + "}\n]";
    }

    @Test
    void anEntryOfHuggingFaceGoesIntoALocalDirOrTheCache() {
        SyncItem local = only(read(entry(",\"revision\":\"v1\"")));
        SyncItem cached = only(read(STANDARD.withHuggingFaceCache(), ListKind.MODELS, entry(",\"revision\":\"v1\"")));

        assertEquals(ArtifactRef.of("huggingface", "models/o/n", "v1"), local.from());
        assertEquals(ArtifactRef.of("local-dir", "models/o/n"), local.to());
        assertEquals(ArtifactRef.of("huggingface-cache", "models/o/n", "v1"), cached.to());
        assertEquals("list.json:2", local.declaredAt().brief());
    }

    @Test
    void aRunMaySendAllEntriesToAnotherTargetWhereRevisionsLieSideBySide() {
        Destinations store = STANDARD.withPlace(ArtifactRef.of("store", "host/team"));
        ListReading reading = read(
                store,
                ListKind.MODELS,
                "[{" + ENTRY + "}, {" + ENTRY + ",\"revision\":\"v1\",\"local_dir\":\"/data/x\"}]");

        assertEquals(List.of(), reading.faults());
        assertEquals(
                List.of(
                        ArtifactRef.of("store", "host/team/models/o/n"),
                        ArtifactRef.of("store", "host/team/models/o/n", "v1")),
                reading.items().stream().map(SyncItem::to).toList());
    }

    @Test
    void whatTwoHubsHaveUnderOneNameCannotBothGoToOneTarget() {
        Destinations store = STANDARD.withPlace(ArtifactRef.of("store", "host/team"));
        ListReading reading =
                read(store, ListKind.MODELS, "[{" + ENTRY + "}, {" + ENTRY.replace("huggingface", "modelscope") + "}]");

        assertTrue(reading.hasErrors());
        String fault = reading.faults().get(0).toString();
        assertTrue(fault.contains("writes to store:host/team/models/o/n as does the entry at"), fault);
        assertTrue(fault.contains("keep one of them, or mirror them to two places"), fault);
    }

    @Test
    void thePlatformMayBeInAnyCaseAndAListOfDatasetsHasItsOwnKey() {
        SyncItem item = only(read(
                STANDARD,
                ListKind.DATASETS,
                "[{\"platform\":\"ModelScope\",\"organization\":\"o\",\"dataset_name\":\"d\"}]"));

        assertEquals(ArtifactRef.of("modelscope", "datasets/o/d"), item.from());
        assertEquals(ArtifactRef.of("modelscope-cache", "datasets/o/d"), item.to());
    }

    @Test
    void patternsAreATextOrAnArray() {
        NameFilter filter = only(read(entry(",\"allow_patterns\":\"*.json\",\"ignore_patterns\":[\"a/\",\"b\"]")))
                .filter();

        assertEquals(PathPatterns.of(Optional.of(List.of("*.json")), List.of("b", "a/")), filter);
        assertEquals(NameFilter.ALL, only(read(entry(""))).filter());
    }

    @Test
    void anEmptyAllowListIsWorthAWarning() {
        ListReading reading = read(entry(",\"allow_patterns\":[]"));

        assertFalse(reading.hasErrors());
        assertTrue(reading.faults().get(0).message().contains("keeps no file"));
        assertFalse(reading.items().get(0).filter().accepts("x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "~/m | /home/u/m",
                "$HOME/m | /home/u/m",
                "${HOME}/m | /home/u/m",
                "/data/$HOME | /data/home/u",
                "/data//x/./y/ | /data/x/y",
                "models/my own/模型 | models/my own/模型",
                "./x | x",
                "a~b | a~b",
            })
    void localDirIsExpandedAndPutInNormalForm(String text, String expected) {
        SyncItem item = only(read(entry(",\"local_dir\":\"" + text + "\"")));

        assertEquals(ArtifactRef.of("local-dir", expected), item.to());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$HOMES/x | only ~, $HOME and ${HOME} are expanded",
                "$(id)/x | only ~, $HOME and ${HOME} are expanded",
                "${HOME:-x}/y | only ~, $HOME and ${HOME} are expanded",
                "~root/x | only a leading ~/ means the home folder",
                "a/~/x | only a leading ~/ means the home folder",
                "../x | holds \"..\"",
                "/a/../x | holds \"..\"",
                "/ | names no folder of its own",
                ". | names no folder of its own",
                "a\\\\b | folders are separated by /",
                "a\\u0000b | holds U+0000",
                "' ~/x' | blanks around",
            })
    void localDirRefusesWhatAShellWouldReadOtherwise(String text, String message) {
        List<String> faults = faults(entry(",\"local_dir\":\"" + text + "\""));

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("list.json:2:"), faults::toString);
        assertTrue(faults.get(0).contains(message), faults::toString);
    }

    @Test
    void aHomeThatIsNotKnownIsSaid() {
        ListReading reading =
                read(Destinations.standard(Optional.empty()), ListKind.MODELS, entry(",\"local_dir\":\"~/x\""));

        assertTrue(reading.faults().get(0).message().contains("needs the variable HOME"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"modle_name\":\"n\" | list.json:3:2: error: unknown key \"modle_name\"; did you mean \"model_name\"?",
                "\"dataset_name\":\"n\" | list.json:3:2: error: unknown key \"dataset_name\" in a list of models; did you mean \"model_name\"?",
                "\"model_name\":null | list.json:3:15: error: \"model_name\" is null; write a text in double quotes",
                "\"model_name\":5 | list.json:3:15: error: \"model_name\" is a number; write a text in double quotes",
                "\"model_name\":\"\" | list.json:3:15: error: \"model_name\" is empty",
                "\"model_name\":[] | list.json:3:15: error: \"model_name\" is an array",
                "\"revision\":\"x\" | list.json:1:2: error: the key \"model_name\" is missing in this object",
                "\"model_name\":\"n\",\"size_gb\":1 | list.json:3:19: error: unknown key \"size_gb\"; accepted are platform, organization, model_name,",
                "\"model_name\":\"n\",\"model_name\":\"m\" | list.json:3:19: error: the key \"model_name\" stands twice in this object, first at line 3, column 2; keep one",
                "\"model_name\":\"o/n\" | write \"organization\": \"o\", \"model_name\": \"n\"",
                "\"model_name\":\"other/n\" | write \"organization\": \"other\", \"model_name\": \"n\"",
                "\"model_name\":\"https://huggingface.co/Qwen/Q/tree/main\" | is an address, not a name; write \"organization\": \"Qwen\", \"model_name\": \"Q\"",
                "\"model_name\":\"-n\" | list.json:3:15: error: \"model_name\": \"-n\" begins with \"-\"",
                "\"model_name\":\"$(id)\" | holds \"$\"",
                "\"model_name\":\" n\" | blanks around \" n\"; write \"n\"",
                "\"model_name\":\"n\",\"allow_patterns\":[1] | list.json:3:37: error: \"allow_patterns\" is a number",
                "\"model_name\":\"n\",\"revision\":\"a b\" | the revision \"a b\" holds U+0020",
            })
    void refusesWrongKeysAndValuesWithTheirPlaceAndTheFix(String members, String message) {
        List<String> faults = faults("[{\"platform\":\"modelscope\",\n \"organization\":\"o\",\n " + members + "}]");

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).contains(message), faults::toString);
    }

    @ParameterizedTest
    @CsvSource({"hugginface,huggingface", "hf,huggingface", "hugging face,huggingface", "model-scope,modelscope"})
    void aMistypedPlatformGetsAHint(String platform, String meant) {
        List<String> faults =
                faults("[{\"platform\":\"" + platform + "\",\"organization\":\"o\",\"model_name\":\"n\"}]");

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("list.json:1:14: error: "), faults::toString);
        assertTrue(faults.get(0).contains("did you mean \"" + meant + "\"?"), faults::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[\\n {},\\n] | 3:1: error: a comma before \"]\"; remove the comma at the end of line 2",
                "[{\"a\":1,}] | 1:9: error: a comma before \"}\"; remove the comma",
                "[{\"platform\":\"x\"\\n\"b\":1}] | 2:1: error: a comma is missing after line 1",
                "[{} {}] | 1:5: error: a comma is missing before this",
                "[{\"a\":1} | error: the file ends inside the array that begins at line 1, column 1, which needs a \"]\"",
                "[\"a | error: the file ends inside a text",
                "[] x | 1:4: error: text after the end",
                "[] [] | 1:4: error: text after the end",
                "[]] | 1:3: error: ",
                "{'a':1} | 1:2: error: a key in double quotes is expected here",
                "[hf_secret] | 1:2: error: this is no JSON value; texts stand in double quotes",
                "[// x\\n] | 1:2: error: JSON has no comments; remove it",
                "[\"\\\\q\"] | a backslash begins no known escape here",
                "{\"platform\":\"x\"} | 1:1: error: a list of models is an array, not an object; put [ and ] around",
                "[1] | 1:2: error: an entry is an object with",
                "'' | 1:1: error: ",
            })
    void tellsTheKindAndPlaceOfASyntaxError(String content, String message) {
        List<String> faults = faults(content.replace("\\n", "\n").replace("\\\\", "\\"));

        assertTrue(
                faults.stream().anyMatch(fault -> fault.startsWith("list.json:") && fault.contains(message)),
                faults::toString);
        assertFalse(faults.toString().contains("hf_secret"));
    }

    @Test
    void faultsBeforeASyntaxErrorAreToldInTheSameGo() {
        List<String> faults =
                faults("[{\"platform\":\"modelscope\",\"organization\":\"o\",\"modle_name\":\"n\"},\n {\"x\":1,},\n]");

        assertEquals(2, faults.size(), faults::toString);
        assertTrue(faults.get(0).contains("modle_name"), faults::toString);
        assertTrue(faults.get(1).startsWith("list.json:2:9: error: a comma before"), faults::toString);
    }

    @Test
    void columnsCountCharactersAlsoBehindAByteOrderMarkAndChinese() {
        List<String> faults = faults("\uFEFF[{\"platform\":\"模型\",\"organization\":\"o\",\"model_name\":\"n\"}]");

        assertTrue(faults.get(0).startsWith("list.json:1:14: error: unknown platform \"模型\""), faults::toString);
    }

    @Test
    void twoHubsIntoOneLocalDirAreAnErrorTwoRoutesAWarning() {
        String fromModelScope = ENTRY.replace("huggingface", "modelscope");
        String oneDir = ",\"local_dir\":\"/d\"";

        List<String> clash = faults("[{" + ENTRY + oneDir + "},{" + fromModelScope + oneDir + "}]");
        List<String> routes = faults("[{" + ENTRY + "},{" + fromModelScope + "}]");

        assertEquals(1, clash.size(), clash::toString);
        assertTrue(clash.get(0).contains("error: writes to local-dir:/d as does the entry at list.json:1:2"));
        assertEquals(1, routes.size(), routes::toString);
        assertTrue(routes.get(0).contains("warning: the same repository as at list.json:1:2 by another route"));
    }

    @Test
    void twoRevisionsAreFineInTheCacheAndAnErrorInALocalDir() {
        String list = "[{" + ENTRY + "},{" + ENTRY + ",\"revision\":\"v2\"}]";

        ListReading cached = read(STANDARD.withHuggingFaceCache(), ListKind.MODELS, list);

        assertEquals(List.of(), cached.faults());
        assertEquals(2, cached.items().size());
        assertTrue(read(list).hasErrors());
    }

    @Test
    void oneRevisionTwiceInTheCacheWithDifferentPatternsIsAnError() {
        String list = "[{" + ENTRY + "},{" + ENTRY + ",\"revision\":\"main\",\"allow_patterns\":\"x\"}]";

        assertTrue(read(STANDARD.withHuggingFaceCache(), ListKind.MODELS, list).hasErrors());
    }

    @Test
    void entriesThatSeveralFilesShareAreDoneOnce() {
        ListReading reading = new ListReader(STANDARD)
                .readFiles(
                        ListKind.MODELS, List.of(ListFile.of("b.json", entry("")), ListFile.of("a.json", entry(""))));

        assertEquals(1, reading.items().size());
        assertEquals(
                List.of("a.json:2:3: warning: the same entry as at b.json:2:3; it is done once"),
                reading.faults().stream().map(ListFault::toString).toList());
    }

    @Test
    void aRepositoryOfHuggingFaceMayHaveNoOrganization() throws Exception {
        String list = "[{\"platform\":\"%s\",\"organization\":\"\",\"model_name\":\"gpt2\"}]";

        SyncItem item = only(read(STANDARD, ListKind.MODELS, list.formatted("huggingface")));

        assertEquals("huggingface:models/gpt2", item.from().text());
        assertEquals("local-dir:models/gpt2", item.to().text());
        assertEquals("gpt2", item.label());
        assertEquals(
                "huggingface-cache:models/gpt2",
                only(read(STANDARD.withHuggingFaceCache(), ListKind.MODELS, list.formatted("huggingface")))
                        .to()
                        .text());
        assertTrue(read(STANDARD, ListKind.MODELS, list.formatted("modelscope")).hasErrors());
    }
}
