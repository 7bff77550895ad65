package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.skopeo.CommandRunner.Finished;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SkopeoTest {
    private static final Login SECRET = Login.password("ci", "pass word%");

    private final Path folder;
    private final Path digestFile;
    private final ScriptedRunner runner = new ScriptedRunner();

    SkopeoTest(@TempDir Path folder) {
        this.folder = folder;
        this.digestFile = folder.resolve("digest");
    }

    @Test
    void asksForAllPlatformsUnchangedWithoutAnySecret() throws Exception {
        runner.answer(ended(0, ""));
        Files.writeString(digestFile, "sha256:abc\n");
        assertEquals("sha256:abc", skopeo("1.9").copy(copy(true), List.of(SECRET)));
        assertEquals(
                List.of(
                        "/usr/bin/skopeo",
                        "--command-timeout",
                        "5400s",
                        "copy",
                        "--all",
                        "--preserve-digests",
                        "--digestfile",
                        digestFile.toString(),
                        "--src-no-creds",
                        "--src-tls-verify=false",
                        "--dest-authfile",
                        "/private/destination.json",
                        "docker://127.0.0.1:5000/a/b@sha256:1",
                        "docker://quay.io/c/d:v1"),
                runner.argv(0));
        assertEquals(Duration.ofSeconds(5430), runner.call(0).limit());
    }

    @Test
    void givesTheChildOnlyWhatItNeedsOfTheEnvironment() throws Exception {
        runner.answer(ended(0, ""));
        Files.writeString(digestFile, "sha256:abc");
        Map<String, String> all = new HashMap<>(Map.of(
                "PATH", "/bin", "HOME", "/root", "https_proxy", "http://p", "QUAY_IO_PASSWORD", "s", "LANG", "de"));
        Skopeo skopeo = new Skopeo("skopeo", new SkopeoVersion(1, 9), runner, all, Duration.ofHours(1));
        skopeo.copy(copy(true), List.of());
        assertEquals(
                Map.of("PATH", "/bin", "HOME", "/root", "https_proxy", "http://p", "LC_ALL", "C.UTF-8"),
                runner.call(0).environment());
    }

    @Test
    void aProxyForAllIsToldAsSkopeoKnowsIt() throws Exception {
        runner.answer(ended(0, ""));
        Files.writeString(digestFile, "sha256:abc");
        Map<String, String> all = Map.of("ALL_PROXY", "http://p:1", "HTTPS_PROXY", "http://q:2");
        new Skopeo("skopeo", new SkopeoVersion(1, 9), runner, all, Duration.ofHours(1)).copy(copy(true), List.of());
        assertEquals(
                Map.of("http_proxy", "http://p:1", "HTTPS_PROXY", "http://q:2", "LC_ALL", "C.UTF-8"),
                runner.call(0).environment());
    }

    @Test
    void anOldOneIsNotAskedForWhatItLacks() throws Exception {
        runner.answer(ended(0, ""));
        Files.writeString(digestFile, "sha256:abc");
        skopeo("1.4").copy(copy(true), List.of());
        assertFalse(runner.argv(0).contains("--preserve-digests"));
    }

    @Test
    void aPolicyIsNamedOnlyWhereTheMachineHasNone() throws Exception {
        runner.answer(ended(0, ""));
        Files.writeString(digestFile, "sha256:abc");
        Skopeo.Copy plain = copy(true);
        Path policy = Path.of("/private/policy.json");
        skopeo("1.9")
                .copy(
                        new Skopeo.Copy(
                                plain.from(), plain.to(), Skopeo.Form.UNCHANGED, digestFile, Optional.of(policy)),
                        List.of());
        assertEquals(
                List.of("--policy", policy.toString(), "copy"), runner.argv(0).subList(3, 6));
        skopeo("1.9").copy(plain, List.of());
        assertFalse(runner.argv(1).contains("--policy"));
        Files.createDirectories(folder.resolve(".config/containers"));
        Files.writeString(folder.resolve(".config/containers/policy.json"), "{}");
        Map<String, String> home = Map.of("HOME", folder.toString());
        assertFalse(new Skopeo("skopeo", new SkopeoVersion(1, 9), runner, home, Duration.ofHours(1)).needsPolicy());
    }

    @Test
    void aConversionDropsSignaturesThatWouldBeWrong() throws Exception {
        runner.answer(ended(0, ""));
        Files.writeString(digestFile, "sha256:abc");
        skopeo("1.9").copy(copy(false), List.of());
        assertTrue(runner.argv(0).contains("--remove-signatures"));
        assertFalse(runner.argv(0).contains("--preserve-digests"));
    }

    @Test
    void statusTwoIsNotFoundFromTheReleaseOnThatMeansIt() throws Exception {
        runner.answer(ended(2, "level=fatal msg=\"whatever\""));
        assertEquals(FailureKind.NOT_FOUND, refusal("1.18").kind());
        assertThrows(IOException.class, () -> skopeo("1.9").copy(copy(true), List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unauthorized: authentication required | ACCESS",
                "unable to retrieve auth token: invalid username/password | ACCESS",
                "requested access to the resource is denied | ACCESS",
                "Error reading manifest v1: manifest unknown: manifest unknown | NOT_FOUND",
                "toomanyrequests: You have reached your pull rate limit. | RATE_LIMITED",
                "pinging container registry: x509: certificate signed by unknown authority | UNAVAILABLE",
                "http: server gave HTTP response to HTTPS client | UNAVAILABLE",
                "context deadline exceeded | TIMEOUT",
                "Error loading trust policy: open /x: no such file | OTHER",
                "Unexpectedly received a manifest list instead of a manifest for a single image | INCOMPATIBLE",
                "writing blob: write /var/tmp/x: no space left on device | NO_SPACE",
                "writing blob: initiating layer upload to /v2/c/d/blobs/uploads/ in quay.io: name unknown | NOT_FOUND",
                "writing blob: initiating layer upload to /v2/c/d/ in quay.io: unknown: project c not found | NOT_FOUND",
                "writing blob: initiating layer upload: unauthorized: project c not found: project c not found | NOT_FOUND",
                "uploading manifest v1 to quay.io/c/d: denied: adding 4.2 MiB will exceed the upper limit | NO_SPACE",
                "uploading manifest v1 to quay.io/c/d: unknown: adding 4.2 MiB will exceed the upper limit | NO_SPACE",
                "writing blob: uploading layer chunked: StatusCode: 413, <html>413 Request Entity | INCOMPATIBLE",
                "registry quay.io is blocked in /etc/containers/registries.conf or /etc/containers/x | ACCESS",
                "reading blob sha256:1: fetching blob: blob unknown to registry | NOT_FOUND",
                "uploading manifest v1 to quay.io/c/d: StatusCode: 403, no | ACCESS",
            })
    void whatTryingAgainDoesNotMendIsSaidAtOnce(String text, FailureKind kind) {
        runner.answer(ended(1, "time=\"x\" level=fatal msg=\"" + text + "\""));
        assertEquals(kind, refusal("1.9").kind());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "received unexpected HTTP status: 503 Service Unavailable",
                "invalid status code from registry 502 (Bad Gateway)",
                "read tcp 1.2.3.4:1: read: connection reset by peer",
                "Get http://x/v2/: EOF",
                "writing blob: Patch http://x/: happened during read: unexpected EOF",
                "writing blob: Patch http://x/: use of closed network connection",
                "dial tcp: lookup x: no such host",
                "Uploading manifest list failed, attempted the following formats: a(manifest invalid), b(received"
                        + " unexpected HTTP status: 500 Internal Server Error)",
                "reading manifest of 127.0.0.1:5000/a/b: EOF",
                "writing manifest: uploading manifest v1 to quay.io/c/d: Put http://x/: EOF",
                "writing manifest: uploading manifest v1 to quay.io/c/d: manifest blob unknown: blob unknown to registry",
                "writing manifest: uploading manifest v1 to quay.io/c/d: received unexpected HTTP status: 500 x",
            })
    void whatMayPassIsTriedAgain(String text) {
        runner.answer(ended(1, "time=\"x\" level=fatal msg=\"" + text + "\""));
        assertThrows(IOException.class, () -> skopeo("1.9").copy(copy(true), List.of()));
    }

    @Test
    void tooManyRequestsAskForPatience() {
        runner.answer(ended(1, "level=fatal msg=\"toomanyrequests: slow down\""));
        RetryLaterException later =
                assertThrows(RetryLaterException.class, () -> skopeo("1.9").copy(copy(true), List.of()));
        assertEquals(FailureKind.RATE_LIMITED, later.kind());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Manifest list must be converted to type \\\"x\\\" to be written to destination, but we cannot modify it:"
                        + " \\\"Instructed to preserve digests\\\"",
                "Uploading manifest failed, attempted the following formats: x(manifest invalid: Invalid image)",
                "writing manifest: uploading manifest v1 to quay.io/c/d: unknown: Invalid image, fail to parse",
                "writing manifest: uploading manifest v1 to quay.io/c/d: StatusCode: 400, bad things",
            })
    void aRefusedTypeIsToldApart(String text) {
        runner.answer(ended(1, "level=fatal msg=\"" + text + "\""));
        assertThrows(RefusedTypeException.class, () -> skopeo("1.9").copy(copy(true), List.of()));
    }

    @Test
    void aRefusalForLackOfRightsIsNoRefusedType() {
        runner.answer(ended(
                1,
                "level=fatal msg=\"Uploading manifest list failed, attempted the following formats: a(denied: no),"
                        + " b(denied: no)\""));
        assertEquals(FailureKind.ACCESS, refusal("1.9").kind());
    }

    @Test
    void aNameThatSoundsLikeAFaultIsNone() {
        runner.answer(ended(1, "level=fatal msg=\"copying docker://quay.io/unauthorized/denied:v1: EOF\""));
        Skopeo.Copy copy = new Skopeo.Copy(
                new Skopeo.End("127.0.0.1:5000/a/b@sha256:1", true, Optional.empty()),
                new Skopeo.End("quay.io/unauthorized/denied:v1", false, Optional.empty()),
                Skopeo.Form.UNCHANGED,
                digestFile,
                Optional.empty());
        assertThrows(IOException.class, () -> skopeo("1.9").copy(copy, List.of()));
    }

    @Test
    void messagesHoldTheLastReasonWithoutSecretsAndQueries() {
        runner.answer(ended(
                1,
                "time=\"1\" level=warning msg=\"Failed, retrying\"\n"
                        + "time=\"2\" level=fatal msg=\"denied: pass word% pass+word%25 " + SECRET.basic()
                        + " Patch \\\"https://s3/x?sig=abc&_state=def\\\": no\"\n"));
        String message = refusal("1.9").getMessage();
        assertTrue(message.contains("denied: *** *** *** Patch \"https://s3/x?...\": no"), message);
        assertFalse(message.contains("sig=") || message.contains("retrying"), message);
    }

    @Test
    void aKilledOneHasTakenTooLong() {
        runner.answer(new Finished(137, "", "", true));
        SyncException late = refusal("1.9");
        assertEquals(FailureKind.TIMEOUT, late.kind());
        assertTrue(late.retryable());
        assertTrue(late.getMessage().contains("option \"copy-timeout\""), late.getMessage());
    }

    @Test
    void anEndWithoutAWordIsTriedAgain() {
        runner.answer(ended(143, ""));
        IOException e = assertThrows(IOException.class, () -> skopeo("1.9").copy(copy(true), List.of()));
        assertTrue(String.valueOf(e.getMessage()).contains("status 143"), e::toString);
    }

    @Test
    void aMissingOneIsRefusedWithTheCommandThatInstallsIt() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        program(bin.resolve("dnf"));
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> find(runner, Map.of("PATH", bin.toString())));
        assertTrue(String.valueOf(refused.getMessage()).contains("dnf install skopeo"), refused::toString);
        assertEquals(0, runner.count());
    }

    @ParameterizedTest
    @CsvSource({"skopeo version 1.2.3, false", "garbage, false", "skopeo version 1.3.0, true"})
    void anOldOneIsRefused(String printed, boolean accepted) throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        program(bin.resolve("skopeo"));
        runner.answer(new Finished(0, printed + "\n", "", false));
        Map<String, String> environment = Map.of("PATH", "/nowhere::" + bin);
        if (accepted) {
            find(runner, environment);
            assertEquals(List.of(bin.resolve("skopeo").toString(), "--version"), runner.argv(0));
        } else {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> find(runner, environment));
            assertTrue(String.valueOf(refused.getMessage()).contains("1.3 or later"), refused::toString);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "skopeo version 1.9.3, 1.9",
        "skopeo version 1.22.2 commit: 0ab12, 1.22",
        "skopeo version 1.18.0-dev, 1.18",
        "skopeo version 2.0, 2.0"
    })
    void readsVersions(String printed, String expected) {
        assertEquals(expected, SkopeoVersion.parse(printed).orElseThrow().toString());
    }

    private SyncException refusal(String version) {
        return assertThrows(SyncException.class, () -> skopeo(version).copy(copy(true), List.of(SECRET)));
    }

    private Skopeo skopeo(String version) {
        return new Skopeo(
                "/usr/bin/skopeo",
                SkopeoVersion.parse(version).orElseThrow(),
                runner,
                Map.of(),
                Duration.ofMinutes(90));
    }

    private Skopeo.Copy copy(boolean preserve) {
        return new Skopeo.Copy(
                new Skopeo.End("127.0.0.1:5000/a/b@sha256:1", true, Optional.empty()),
                new Skopeo.End("quay.io/c/d:v1", false, Optional.of(Path.of("/private/destination.json"))),
                preserve ? Skopeo.Form.UNCHANGED : Skopeo.Form.ACCEPTED,
                digestFile,
                Optional.empty());
    }

    private static Finished ended(int exit, String errors) {
        return new Finished(exit, "", errors, false);
    }

    private static Skopeo find(CommandRunner runner, Map<String, String> environment) {
        return Skopeo.find(
                RunContext.of(SyncOptions.builder().environment(environment).build()), runner);
    }

    private static void program(Path path) throws IOException {
        Files.writeString(path, "");
        assertTrue(path.toFile().setExecutable(true));
    }
}
