package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.model.FailureKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whoever searches the page for words of a message finds them. What runs really print is compared with the page where runs
 * fail on purpose: in {@link MessagesTest} and in the fault suite.
 */
class TroubleshootingTest {
    /** Constructors that take their message from elsewhere, and faults of listings and of TLS, which others put in words. */
    private static final Set<String> HANDED_IN = Set.of(
            "HeldByAnotherException.java",
            "RefusedLoginException.java",
            "Resolution.java",
            "RefusedTypeException.java",
            "HubApi.java",
            "PartsUpload.java",
            "StoreTarget.java",
            "HuggingFaceRefusal.java",
            "ModelScopeRefusal.java");

    private final Troubleshooting page = Troubleshooting.read("docs/troubleshooting.md");

    @Test
    void eachKindHasItsSectionInBothLanguagesWithTheSameMessages() {
        Set<String> kinds =
                Stream.of(FailureKind.values()).map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
        kinds.add(Outcome.HELD_BY_ANOTHER.name());
        assertEquals(kinds, new TreeSet<>(page.shown().keySet()));
        assertTrue(page.shown().values().stream().noneMatch(List::isEmpty));
        assertEquals(
                page.shown(),
                Troubleshooting.read("docs/troubleshooting.zh-CN.md").shown());
    }

    @Test
    void eachMessageThatTheSourcesCanMakeIsFoundByItsOwnWords() throws IOException {
        List<EmittedMessages.Message> messages = new ArrayList<>();
        for (String module :
                List.of("sync-core", "sync-modelscope", "sync-huggingface", "sync-skopeo", "sync-examples/s3")) {
            messages.addAll(EmittedMessages.of(module));
        }
        assertTrue(messages.size() > 80, () -> "only " + messages.size());
        assertEquals(
                List.of(),
                messages.stream()
                        .filter(message -> message.words().isEmpty() && !HANDED_IN.contains(message.place()))
                        .toList(),
                "the words of these cannot be seen");
        assertEquals(
                "",
                messages.stream()
                        .filter(message -> !message.words().isEmpty()
                                && message.words().stream().noneMatch(words -> page.shows(message.kind(), words)))
                        .map(message -> message.place() + ": " + message.kind() + ": " + message.words())
                        .collect(Collectors.joining("\n")),
                "docs/troubleshooting.md does not show these");
    }
}
