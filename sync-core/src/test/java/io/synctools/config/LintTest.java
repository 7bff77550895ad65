package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LintTest {
    private static final Lint LINT = new Lint(Destinations.standard(Optional.of("/home/u")));
    private static final ListFile FAULTY = ListFile.of("a,b:c.json", "[{\"platform\":\"modelscope\",\"x%\":1}]");

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x.json; [{\"platform\":\"modelscope\",\"organization\":\"o\",\"model_name\":\"m\"}]; MODELS",
                "x.json; [{\"platform\":\"modelscope\",\"organization\":\"o\",\"dataset_name\":\"m\"}]; DATASETS",
                "my-models.json; [{\"platform\":\"modelscope\",\"organization\":\"o\",\"dataset_name\":\"m\"}]; MODELS",
                "x.json; [{\"src\":\"a\"}]; IMAGES",
                "models.json; [{\"src\":\"a\",\"dest\":\"b\"}]; IMAGES",
                "image-sync.json; []; IMAGES",
                "x.json; {\"models\":[]}; PROJECT",
                "d/projects/my-models.json; {}; PROJECT",
                "x.json; {\"p\":{\"clusters\":[]}}; CLUSTERS",
                "d/projects-clusters.json; {}; CLUSTERS",
                "hk001-models.json; {\"models\":[]}; MODELS",
                "projects/one.json; [{\"platform\":\"modelscope\"}]; PROJECT",
                "projects-clusters.json; []; CLUSTERS",
                "vllm-downloaded-datasets.ini; a/b; DATASETS",
                "list.ini; a/b; MODELS",
                "list; [huggingface]; MODELS",
                "list; [{\"src\":\"a\"}]; IMAGES",
                "datasets.json; [{]; DATASETS",
            })
    void theKindOfAListShowsInItsContentOrItsName(String name, String content, ListKind kind) {
        assertEquals(kind, Recognition.kind(ListFile.of(name, content)));
    }

    @Test
    void faultsOfAllFilesAreToldInTheirOrder() {
        List<ListFault> faults = LINT.check(List.of(
                ListFile.of("z-models.ini", "a/b\n-c/d\n"),
                ListFile.of("p/projects/one.json", "{\"models\":[,]}"),
                ListFile.of("a-images.json", "[{\"src\":\"quay.io/a/b\"}]"),
                ListFile.of(
                        "p/projects-clusters.json",
                        "{\"one\":{\"clusters\":[\"a\"]},\"two\":{\"clusters\":[\"a\"]}}")));

        assertEquals(
                List.of(
                        "z-models.ini:2:1",
                        "p/projects/one.json:1:12",
                        "a-images.json:1:2",
                        "p/projects-clusters.json:1:27"),
                faults.stream().map(fault -> fault.place().toString()).toList());
        assertTrue(faults.stream().allMatch(ListFault::error));
    }

    @Test
    void oneEntryInTheListsOfTwoClustersIsNoDouble() {
        assertEquals(
                List.of(), LINT.check(List.of(ListFile.of("a-models.ini", "a/b"), ListFile.of("b-models.ini", "a/b"))));
    }

    @Test
    void differentEntriesForOnePlaceInTwoFilesAreAnError() {
        List<ListFault> faults = LINT.check(List.of(
                ListFile.of("a-models.ini", "x/y\na/b"), ListFile.of("b-models.ini", "a/b = v2\nx/y = master")));

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).error());
        assertTrue(
                faults.get(0)
                        .toString()
                        .startsWith(
                                "b-models.ini:1:1: error: writes to modelscope-cache:models/a/b as does the entry at"
                                        + " a-models.ini:2:1"),
                faults::toString);
    }

    @Test
    void oneLocalDirOfTwoListsIsAnErrorAndTwoRevisionsInTheCacheAreNot() {
        String entry =
                "[{\"platform\":\"huggingface\",\"organization\":\"o\",\"%s_name\":\"%s\",\"local_dir\":\"/d/x\"}]";

        List<ListFault> faults = LINT.check(List.of(
                ListFile.of("models.json", entry.formatted("model", "m")),
                ListFile.of("datasets.json", entry.formatted("dataset", "d"))));

        assertEquals(1, faults.stream().filter(ListFault::error).count(), faults::toString);
    }

    private static final String ONE_PLACE =
            "{\"models\":[{\"platform\":\"huggingface\",\"organization\":\"o\",\"model_name\":\"m\","
                    + "\"revision\":\"%s\",\"local_dir\":\"/d/x\"}]}";

    @ParameterizedTest
    @CsvSource({"shared, v2, 1", "other, v2, 0", "shared, v1, 0"})
    void projectsThatShareAClusterShareItsDisk(String cluster, String revision, int errors) {
        List<ListFault> faults = LINT.check(List.of(
                ListFile.of(
                        "p/projects-clusters.json",
                        "{\"one\":{\"clusters\":[\"shared\"]},\"two\":{\"clusters\":[\"" + cluster + "\"]}}"),
                ListFile.of("p/projects/one.json", ONE_PLACE.formatted("v1")),
                ListFile.of("p/projects/two.json", ONE_PLACE.formatted(revision))));

        assertEquals(errors, faults.stream().filter(ListFault::error).count(), faults::toString);
        if (errors > 0) {
            assertTrue(
                    faults.get(0).toString().startsWith("p/projects/two.json:1:12: error: writes to local-dir:/d/x"),
                    faults::toString);
        }
    }

    @Test
    void aBareCommitOfHuggingFaceIsSaidToHaveNoName() {
        String commit = "0123456789".repeat(4);

        List<ListFault> faults = LINT.check(List.of(
                ListFile.of("models.ini", "[huggingface]\norg/name = " + commit + "\norg/other = v1\ngpt2 = main")));

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(!faults.get(0).error());
        assertTrue(
                faults.get(0).toString().contains("`vllm serve org/name` offline will not find it"), faults::toString);
    }

    @Test
    void annotationsEscapeWhatTheCommandWouldRead() {
        String printed = Lint.print(LINT.check(List.of(FAULTY)), Lint.Format.GITHUB);

        assertTrue(
                printed.contains(
                        "::error file=a%2Cb%3Ac.json,line=1,col=27::unknown key \"x%25\"; accepted are platform,"),
                printed);
        assertTrue(printed.endsWith("\n"));
    }

    @Test
    void jsonHoldsEveryPart() throws IOException {
        List<ListFault> faults = LINT.check(List.of(ListFile.of("empty.ini", "")));

        var json = Json.MAPPER.readTree(Lint.print(faults, Lint.Format.JSON));

        assertEquals(1, json.size());
        assertEquals("empty.ini", json.get(0).get("file").textValue());
        assertEquals(1, json.get(0).get("line").intValue());
        assertEquals(1, json.get(0).get("column").intValue());
        assertEquals("warning", json.get(0).get("severity").textValue());
        assertEquals("declares nothing", json.get(0).get("message").textValue());
        assertEquals(
                0, Json.MAPPER.readTree(Lint.print(List.of(), Lint.Format.JSON)).size());
        assertEquals("", Lint.print(List.of(), Lint.Format.TEXT));
    }

    @Test
    void filesThatCannotBeReadAreFaults(@TempDir Path folder) throws IOException {
        Path utf16 = Files.write(folder.resolve("utf16.json"), "[]".getBytes(StandardCharsets.UTF_16));
        Path plain16 = Files.write(folder.resolve("plain16.ini"), "a/b".getBytes(StandardCharsets.UTF_16LE));
        Path latin =
                Files.write(folder.resolve("gbk-models.ini"), new byte[] {'a', '\n', 'b', (byte) 0xC4, (byte) 0xE3});
        Path cut = Files.write(folder.resolve("cut-models.ini"), new byte[] {'a', '/', 'b', (byte) 0xE6});

        List<String> faults =
                LINT.check(Lint.read(List.of(folder.resolve("none.ini"), folder, utf16, plain16, latin, cut))).stream()
                        .map(fault ->
                                fault.toString().substring(folder.toString().length()))
                        .toList();

        assertEquals(
                List.of(
                        "/none.ini:1:1: error: there is no such file",
                        ":1:1: error: this is a folder; name a file",
                        "/utf16.json:1:1: error: is encoded as UTF-16; save it as UTF-8",
                        "/plain16.ini:1:1: error: is encoded as UTF-16; save it as UTF-8",
                        "/gbk-models.ini:2:2: error: the byte 0xC4 is not UTF-8; save the file as UTF-8",
                        "/cut-models.ini:1:4: error: the byte 0xE6 is not UTF-8; save the file as UTF-8"),
                faults);
    }

    @Test
    void aFolderIsReadWithItsProjectsEachOnce(@TempDir Path folder) throws IOException {
        Files.createDirectory(folder.resolve("projects"));
        Files.writeString(folder.resolve("projects/one.json"), "{}");
        Files.writeString(folder.resolve("projects-clusters.json"), "{\"one\":{\"clusters\":[\"a\"]}}");
        Files.writeString(folder.resolve("models.ini"), "a/b");
        Files.writeString(folder.resolve("notes.md"), "nothing");

        List<ListFile> files = Lint.readFolder(folder);

        assertEquals(
                List.of("models.ini", "projects-clusters.json", "one.json"),
                files.stream()
                        .map(file -> Path.of(file.name()).getFileName().toString())
                        .toList());
        assertEquals(
                files,
                Lint.read(List.of(
                        folder.resolve("models.ini"),
                        folder.resolve("projects-clusters.json"),
                        folder.resolve("projects/../projects/one.json"))));
    }
}
