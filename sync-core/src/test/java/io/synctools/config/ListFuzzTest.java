package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import io.synctools.testing.Mutations;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in a list, reading it ends soon, in items or in faults that have a place in the file. */
class ListFuzzTest {
    private static final Destinations STANDARD = Destinations.standard(Optional.of("/home/u"));
    private static final List<String> INI_WORDS = List.of(
            "\n",
            "\r",
            "\r\n",
            "[",
            "]",
            "[huggingface]",
            "=",
            ":",
            "#",
            ";",
            " ",
            "\t",
            "/",
            "\\",
            "\"",
            "'",
            "a/b",
            "-",
            "--",
            "https://huggingface.co/",
            "$(id)",
            "${x}",
            "\u00A0",
            "\u2028",
            "\uFEFF",
            "\0",
            "模",
            "😀",
            "<x>");
    private static final List<String> JSON_WORDS = List.of(
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "null",
            "1e999",
            "-",
            "true",
            "\n",
            " ",
            "\uFEFF",
            "\0",
            "\"platform\":",
            "\"huggingface\"",
            "\"organization\":",
            "\"model_name\":",
            "\"local_dir\":",
            "\"~/x\"",
            "\"$HOME\"",
            "\"src\":",
            "\"quay.io/a/b\"",
            "\"include\":",
            "\"(a*)*b\"",
            "\"semver\":",
            "\"clusters\":",
            "\"models\":",
            "//",
            "模",
            "😀");
    private static final Pattern REPOSITORY = Pattern.compile("(models|datasets)/(\\w[\\w.-]*/)?\\w[\\w.-]*");
    private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9.:\\[\\]-]+(/[a-z0-9][a-z0-9._-]*)+");
    private static final Pattern PRINTABLE = Pattern.compile("[^\\p{Cntrl}\\u2028\\u2029\\u202E]+");

    @Provide
    Arbitrary<byte[]> ini() {
        return Mutations.of(ListFuzzTest.class, "fuzz/ini", INI_WORDS);
    }

    @Provide
    Arbitrary<byte[]> json() {
        return Mutations.of(ListFuzzTest.class, "fuzz/json", JSON_WORDS);
    }

    @Property(seed = "20260101")
    void anIniListIsItemsOrFaults(@ForAll("ini") byte[] content) {
        ListFile file = ListFile.of("d/models.ini", content);

        judge(file, new ListReader(STANDARD).readFiles(ListKind.MODELS, List.of(file)));
    }

    @Property(seed = "20260101")
    void aJsonListIsItemsOrFaultsWhateverItIsTakenFor(@ForAll("json") byte[] content) {
        ListFile file = ListFile.of("d/list.json", content);
        ListReader reader = new ListReader(STANDARD);

        judge(file, reader.readFiles(ListKind.MODELS, List.of(file)));
        judge(file, reader.readFiles(ListKind.DATASETS, List.of(file)));
        judge(file, reader.readFiles(ListKind.IMAGES, List.of(file)));
        judge(file, new ProjectLists(STANDARD).readProject(file));
        ProjectReading projects = new ProjectLists(STANDARD).readFiles(file, List.of(file));
        assertFalse(projects.projects().isEmpty() && projects.faults().isEmpty());
        projects.faults().forEach(fault -> place(file, fault));
    }

    @Property(seed = "20260101")
    void lintRecognisesAndPrintsAnything(@ForAll("json") byte[] content) {
        List<ListFault> faults =
                new Lint(STANDARD).check(List.of(ListFile.of("x", content), ListFile.of("projects/x.json", content)));

        for (Lint.Format format : List.of(Lint.Format.TEXT, Lint.Format.GITHUB)) {
            assertEquals(faults.size(), Lint.print(faults, format).lines().count());
        }
        assertTrue(Lint.print(faults, Lint.Format.JSON).startsWith("["));
    }

    private static void judge(ListFile file, ListReading reading) {
        assertFalse(reading.items().isEmpty() && reading.faults().isEmpty(), "neither items nor faults");
        reading.faults().forEach(fault -> place(file, fault));
        for (SyncItem item : reading.items()) {
            Pattern names = item.from().scheme().equals("docker") ? IMAGE : REPOSITORY;
            assertTrue(names.matcher(item.from().name()).matches(), item.from().name());
            assertFalse((item.to().name() + "/").contains("/../"), item.to().name());
            assertFalse(item.to().name().contains("$"), item.to().name());
            inside(file, item.declaredAt());
        }
    }

    private static void place(ListFile file, ListFault fault) {
        assertTrue(PRINTABLE.matcher(fault.message()).matches(), fault.message());
        inside(file, fault.place());
    }

    /** A place is a character of the file, or the one behind a line's last. */
    private static void inside(ListFile file, Place place) {
        assertEquals(file.name(), place.file());
        String[] lines = file.text().orElse("").split("\r\n|\r|\n", -1);
        boolean unread = file.text().isEmpty();
        assertTrue(place.line() >= 1 && (unread || place.line() <= lines.length), place::toString);
        assertTrue(
                place.column() >= 1 && (unread || place.column() <= lines[place.line() - 1].length() + 1),
                place::toString);
    }
}
