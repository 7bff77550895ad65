package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the schemas underline in an editor is what the linter refuses, and nothing else. */
class SchemaTest {
    private static final String MODEL = "{\"platform\":\"P\",\"organization\":\"o\",\"model_name\":\"n\"%s}";
    private static final String[] VALUES_OF_ANY_KEY = {
        "null", "5", "true", "[]", "{}", "\"\"", "\" \"", "[\"a\"]", "\"ok\""
    };
    private static final String[] NAMES = {
        "a",
        "a.b",
        "a-b",
        "a_b",
        "_a",
        "a_",
        "A9",
        "a--b",
        "a..b",
        "-a",
        ".a",
        "a-",
        "a.",
        "a b",
        " a",
        "a ",
        "a/b",
        "o/n",
        "a.git",
        "$(id)",
        "`id`",
        "模型",
        "a\\\\b",
        "a\\u0000",
        "https://huggingface.co/o/n",
        "o/o/n"
    };
    private static final String[] REVISIONS = {
        "main",
        "v1.0",
        "refs/pr/3",
        "feature/x",
        "0123456789abcdef0123456789abcdef01234567",
        "-x",
        "/x",
        "x/",
        "x.",
        "a..b",
        "a//b",
        ".x",
        "a/.b",
        "a b",
        "a~b",
        "a^b",
        "a:b",
        "a?b",
        "a*b",
        "a[b",
        "a\\\\b",
        "a@{b",
        "$x",
        "x\\ty",
        "分支"
    };
    private static final String[] FOLDERS = {
        "x",
        "x/y",
        "/x",
        "/x/",
        "./x",
        "~/x",
        "~",
        "$HOME",
        "$HOME/x",
        "${HOME}/x",
        "/a/$HOME",
        "my own",
        "模型",
        "a~b",
        "..a",
        "a/..b",
        "$HOMES",
        "$x",
        "${HOME",
        "~root",
        "a/~/b",
        "a/~b",
        "../x",
        "a/../b",
        "..",
        ".",
        "/",
        "./",
        "//",
        "a\\\\b",
        "a\\u0007",
        " x",
        "x ",
        "`id`",
        "$(id)"
    };
    private static final String[] RANGES = {
        "1", "v1.2", ">=1.2 <2", ">= 1.2, < 2", "^1.2.3", "~1", "1.x", "*", "1.2 - 1.4", "v1 - 2-rc1", "<1 || >=2.1",
                ">=1.2.0-0", "!=1.2",
        "new", ">=", "1.2.3.4", "1 ||", "|| 1", "1..2", ">=1.2<2", "^a", "1.2 -", "==1", "1 - 2 - 3", "1-", ">=1 - 2"
    };
    private static final String[] IMAGES = {
        "quay.io/a/b",
        "quay.io/a",
        "localhost/a",
        "localhost:5000/a",
        "127.0.0.1:5000/a/b",
        "[::1]:5000/a",
        "swr.x.com/a/b/c",
        "docker.io/library/ubuntu",
        "quay.io/a__b/c-d/e.f",
        "quay.io/a---b",
        "quay.io/a_b",
        "ubuntu",
        "a/b",
        "quay.io",
        "quay.io/",
        "quay.io/a/",
        "quay.io/a//b",
        "quay.io/A",
        "quay.io/a:1",
        "quay.io/a@sha256:00",
        "docker://quay.io/a",
        "https://quay.io/a",
        "quay.io/a..b",
        "quay.io/-a",
        "quay.io/a-",
        "quay.io/a___b",
        "-q.io/a",
        "q io/a",
        "quay.io/$x"
    };

    /** A list of one kind; most have one thing in them that may be wrong. */
    private record Case(String kind, String content) {}

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String platform : List.of("modelscope", "HuggingFace")) {
            String entry = "[" + MODEL.replace("P", platform) + "]";
            each(cases, "models", NAMES, name -> entry.formatted("").replace("\"n\"", "\"" + name + "\""));
            each(cases, "models", NAMES, name -> entry.formatted("").replace("\"o\"", "\"" + name + "\""));
            each(cases, "models", REVISIONS, text -> entry.formatted(",\"revision\":\"" + text + "\""));
        }
        String entry = "[" + MODEL.replace("P", "modelscope") + "]";
        each(cases, "models", FOLDERS, text -> entry.formatted(",\"local_dir\":\"" + text + "\""));
        for (String key : List.of("revision", "local_dir", "allow_patterns", "ignore_patterns", "size_gb", "$schema")) {
            each(cases, "models", VALUES_OF_ANY_KEY, value -> entry.formatted(",\"" + key + "\":" + value));
        }
        for (String key : List.of("platform", "organization", "model_name")) {
            each(cases, "models", VALUES_OF_ANY_KEY, value -> entry.formatted("")
                    .replaceFirst("\"" + key + "\":\"\\w+\"", "\"" + key + "\":" + value));
            each(cases, "models", new String[] {"x" + key, key.toUpperCase(Locale.ROOT)}, other -> entry.formatted("")
                    .replace("\"" + key + "\"", "\"" + other + "\""));
        }
        each(cases, "models", VALUES_OF_ANY_KEY, value -> value);
        each(cases, "models", VALUES_OF_ANY_KEY, value -> "[" + value + "]");
        each(
                cases,
                "models",
                new String[] {"[\"a\",\"b\"]", "[\"a\",1]", "[\"a\",\"\"]"},
                value -> entry.formatted(",\"ignore_patterns\":" + value));
        each(cases, "datasets", new String[] {"dataset_name", "model_name"}, key -> entry.formatted("")
                .replace("model_name", key));
        each(cases, "models", new String[] {"a".repeat(96), "a".repeat(97)}, name -> entry.formatted("")
                .replace("\"n\"", "\"" + name + "\""));
        imageCases(cases);
        projectCases(cases);
        return cases;
    }

    private static void imageCases(List<Case> cases) {
        String rule = "[{\"src\":\"quay.io/s/s\",\"dest\":\"quay.io/d/d\"%s}]";
        each(cases, "images", IMAGES, name -> rule.formatted("").replace("quay.io/s/s", name));
        each(cases, "images", IMAGES, name -> rule.formatted("").replace("quay.io/d/d", name));
        for (String key : List.of("src", "dest")) {
            each(cases, "images", VALUES_OF_ANY_KEY, value -> rule.formatted("")
                    .replaceFirst("\"" + key + "\":\"[^\"]*\"", "\"" + key + "\":" + value));
            each(cases, "images", new String[] {"x" + key}, other -> rule.formatted("")
                    .replace("\"" + key + "\"", "\"" + other + "\""));
        }
        for (String key : List.of("tag_filter", "include", "exclude", "newest", "rename", "referrers", "other")) {
            each(cases, "images", VALUES_OF_ANY_KEY, value -> rule.formatted(",\"" + key + "\":" + value));
        }
        each(
                cases,
                "images",
                new String[] {"null", "5", "[]", "\"\""},
                value -> rule.formatted(",\"semver\":" + value));
        each(cases, "images", RANGES, text -> rule.formatted(",\"semver\":\"" + text + "\""));
        each(
                cases,
                "images",
                new String[] {"1", "0", "-1", "1.5", "999999", "1000000"},
                value -> rule.formatted(",\"newest\":" + value));
        each(
                cases,
                "images",
                new String[] {"{\"v1\":\"stable\"}", "{\"a b\":\"c\"}", "{\"v1\":\".x\"}", "{\"v1\":5}"},
                value -> rule.formatted(",\"rename\":" + value));
        each(
                cases,
                "images",
                new String[] {"true", "false", "\"true\"", "1"},
                value -> rule.formatted(",\"referrers\":" + value));
        each(cases, "images", VALUES_OF_ANY_KEY, value -> value);
    }

    private static void projectCases(List<Case> cases) {
        String model = MODEL.replace("P", "modelscope").formatted("");
        String dataset = model.replace("model_name", "dataset_name");
        for (String key : List.of("models", "datasets", "other", "$schema")) {
            each(
                    cases,
                    "projects/p",
                    new String[] {"[]", "[" + model + "]", "[" + dataset + "]", "{}", "null"},
                    value -> "{\"" + key + "\":" + value + "}");
        }
        each(cases, "projects/p", new String[] {"{}", "[]", "null"}, value -> value);
        each(cases, "projects-clusters", VALUES_OF_ANY_KEY, value -> "{\"p\":" + value + "}");
        each(cases, "projects-clusters", VALUES_OF_ANY_KEY, value -> "{\"p\":{\"clusters\":" + value + "}}");
        each(
                cases,
                "projects-clusters",
                new String[] {"a", "a b", "-a", "${{ x }}", "Linux-amd64.x_1"},
                label -> "{\"p\":{\"clusters\":[\"" + label + "\"]}}");
        each(
                cases,
                "projects-clusters",
                new String[] {"cluster", "other"},
                key -> "{\"p\":{\"clusters\":[\"a\"],\"" + key + "\":1}}");
        each(
                cases,
                "projects-clusters",
                new String[] {"../x", "-x", "x/y", "$schema"},
                name -> "{\"p\":{\"clusters\":[\"a\"]},\"" + name + "\":{\"clusters\":[\"a\"]}}");
        each(cases, "projects-clusters", new String[] {"{}", "[]"}, value -> value);
    }

    private static void each(List<Case> cases, String kind, String[] values, UnaryOperator<String> content) {
        for (String value : values) {
            cases.add(new Case(kind, content.apply(value)));
        }
    }

    @Test
    void theSchemaRefusesWhatTheLinterRefuses() throws IOException {
        List<String> disagreements = new ArrayList<>();
        int refused = 0;
        List<Case> cases = cases();
        for (Case one : cases) {
            List<ListFault> errors = TwoJudges.lint(one.kind(), one.content());
            var marks = TwoJudges.schema(one.kind(), one.content());
            if (errors.isEmpty() != marks.isEmpty()) {
                disagreements.add(one + "\n lint: " + errors + "\n schema: " + marks);
            }
            refused += errors.isEmpty() ? 0 : 1;
        }

        assertEquals(List.of(), disagreements);
        assertTrue(refused > 150, refused + " refused");
        assertTrue(cases.size() - refused > 80, cases.size() - refused + " accepted");
    }

    @Test
    void shippedListsFitTheirSchemas() throws IOException {
        Path config = Path.of("../sync-examples/config");
        Map<String, String> schemas = Map.of(
                "hk001-models.json", "models",
                "hk001-datasets.json", "datasets",
                "images.json", "images",
                "projects-clusters.json", "projects-clusters",
                "projects/chat-demo.json", "projects/p",
                "projects/math-evaluation.json", "projects/p");
        for (var list : schemas.entrySet()) {
            String content = Files.readString(config.resolve(list.getKey()));
            assertEquals("[]", TwoJudges.schema(list.getValue(), content).toString(), list.getKey());
        }
    }

    @Test
    void theEditorFindsEverySchema() throws IOException {
        JsonNode settings = Json.MAPPER.readTree(Files.readString(Path.of("../.vscode/settings.json")));

        List<String> urls = new ArrayList<>();
        settings.get("json.schemas")
                .forEach(schema -> urls.add(schema.get("url").textValue()));

        assertEquals(6, urls.size());
        for (String url : urls) {
            assertTrue(Files.isRegularFile(Path.of("..").resolve(url)), url);
        }
    }
}
