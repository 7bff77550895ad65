package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.testing.Mutations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a hub answers, it is understood or an {@link IOException}; no parser ends in another way. */
class EnvelopeFuzzTest {
    private static final String A = "a".repeat(64);
    private static final List<String> WORDS = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "null",
            "200",
            "-1",
            "1e999",
            "99999999999999999999",
            "\"Data\":",
            "\"Files\":",
            "\"Code\":",
            "\"Path\":",
            "\"Size\":",
            "\"Sha256\":",
            "\"Type\":\"tree\"",
            "\"\\ud800\"");

    @Provide
    Arbitrary<byte[]> answers() {
        List<String> examples = List.of(
                HubScript.files(HubScript.folder("d"), HubScript.file("d/a.bin", 12, A, "r1")),
                HubScript.success("{\"Files\":null}"),
                HubScript.success("{\"Id\":4711,\"Readme\":{\"Id\":[1,{\"Id\":2}]}}"),
                HubScript.success("{\"RevisionMap\":{\"Branches\":[{\"Revision\":\"master\",\"CreatedAt\":1}],"
                        + "\"Tags\":[{\"Revision\":\"v1\",\"CreatedAt\":2}]}}"),
                "{\"Code\":10010205001,\"Data\":null,\"Message\":\"record not found\",\"RequestId\":\"x\"}");
        return Mutations.of(
                examples.stream()
                        .map(example -> example.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                WORDS);
    }

    /** Empty where the answer was refused, which must have a reason. */
    private static Optional<Envelope> readAs(Envelope.DataReader reader, byte[] answer) {
        try {
            return Optional.of(Envelope.read(new ByteArrayInputStream(answer), reader));
        } catch (IOException e) {
            assertFalse(String.valueOf(e.getMessage()).isBlank(), "a failure without a reason");
            return Optional.empty();
        }
    }

    @Property(seed = "20260101")
    void anyAnswerIsAListOrAnIoError(@ForAll("answers") byte[] answer) {
        FileList list = new FileList();
        boolean understood = readAs(list::readData, answer).isPresent();
        assertTrue(!understood || list.isComplete() || list.count() == 0, "files without a list of files");
        list.files().forEach(file -> assertTrue(file.size() >= 0, file.toString()));
    }

    @Property(seed = "20260101")
    void anyAnswerIsANumberOrAnIoError(@ForAll("answers") byte[] answer) {
        DatasetId id = new DatasetId();
        boolean hasData = readAs(id, answer).map(Envelope::hasData).orElse(true);
        assertTrue(hasData || id.value().isEmpty(), "a number from nowhere");
    }

    @Property(seed = "20260101")
    void anyAnswerIsADateOrAnIoError(@ForAll("answers") byte[] answer) {
        RevisionDate date = new RevisionDate("master");
        boolean hasData = readAs(date, answer).map(Envelope::hasData).orElse(true);
        assertTrue(hasData || date.value().isEmpty(), "a date from nowhere");
    }
}
