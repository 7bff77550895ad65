package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The schemas and the linter agree on values that nobody thought of. */
class SchemaFuzzTest {

    @Provide
    Arbitrary<String> names() {
        return text("a", "Z", "9", "_", "-", ".", "/", " ", "--", ".git", "$", "é", "模");
    }

    @Provide
    Arbitrary<String> revisions() {
        return text("a", "Z", "9", "_", "-", ".", "/", "@", "{", "}", "~", "^", ":", " ", "\\", "\t", "refs/pr/1", "模");
    }

    @Provide
    Arbitrary<String> folders() {
        return text(
                "a", "/", ".", "..", "~", "$", "$HOME", "${HOME}", "}", "{", "\\", "`", "\u0007", " ", "~/", "/", "模");
    }

    @Provide
    Arbitrary<String> ranges() {
        return text(
                ">=", "<", "^", "~", "!=", "=", "1", "12", ".", "x", "*", " ", ",", "||", "-", " - ", "v", "rc1", "-0");
    }

    @Provide
    Arbitrary<String> images() {
        return text(
                "a", "B", "9", ".", "-", "_", "__", "/", ":", "@", "quay.io", "localhost", ":5000", "[::1]", " ", "$");
    }

    @Property(tries = 400, seed = "20260101")
    void onNames(@ForAll("names") String name, @ForAll("names") String organization, @ForAll boolean huggingFace)
            throws IOException {
        ObjectNode entry = entry();
        entry.put("platform", huggingFace ? "huggingface" : "modelscope");
        agree("models", entry.put("model_name", name));
        agree("models", entry.put("model_name", "n").put("organization", organization));
    }

    @Property(tries = 400, seed = "20260101")
    void onRevisionsAndFolders(@ForAll("revisions") String revision, @ForAll("folders") String folder)
            throws IOException {
        agree("models", entry().put("revision", revision));
        agree("models", entry().put("local_dir", folder));
    }

    @Property(tries = 400, seed = "20260101")
    void onImages(@ForAll("images") String image, @ForAll("ranges") String range) throws IOException {
        ObjectNode rule =
                Json.MAPPER.createObjectNode().put("src", "docker.io/library/s").put("dest", "quay.io/d");
        agree("images", rule.deepCopy().put("src", image));
        agree("images", rule.deepCopy().put("dest", image));
        agree("images", rule.deepCopy().put("semver", range));
    }

    private static ObjectNode entry() {
        return Json.MAPPER
                .createObjectNode()
                .put("platform", "modelscope")
                .put("organization", "o")
                .put("model_name", "n");
    }

    private static Arbitrary<String> text(String... parts) {
        return Arbitraries.of(List.of(parts)).list().ofMinSize(1).ofMaxSize(6).map(list -> String.join("", list));
    }

    private static void agree(String kind, ObjectNode entry) throws IOException {
        ArrayNode list = Json.MAPPER.createArrayNode().add(entry);
        List<ListFault> errors = TwoJudges.lint(kind, list.toString());
        var marks = TwoJudges.schema(kind, list.toString());

        assertEquals(errors.isEmpty(), marks.isEmpty(), () -> list + " lint: " + errors + " schema: " + marks);
    }
}
