package io.synctools.internal.retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {

    static Stream<Arguments> failures() {
        SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
        untrusted.initCause(new CertificateException("unknown authority"));
        return Stream.of(
                Arguments.of(new IOException("unexpected end of stream"), FailureKind.UNAVAILABLE, true),
                Arguments.of(new EOFException(), FailureKind.UNAVAILABLE, true),
                Arguments.of(new UnknownHostException("hub"), FailureKind.UNAVAILABLE, true),
                Arguments.of(new SocketTimeoutException("connect timed out"), FailureKind.UNAVAILABLE, true),
                Arguments.of(new ConnectException("Permission denied"), FailureKind.UNAVAILABLE, true),
                Arguments.of(
                        new NetworkException("GET /", new ConnectException("Permission denied")),
                        FailureKind.UNAVAILABLE,
                        true),
                Arguments.of(new SSLException("closed"), FailureKind.UNAVAILABLE, true),
                Arguments.of(untrusted, FailureKind.UNAVAILABLE, false),
                Arguments.of(new NetworkException("GET https://hub/x", untrusted), FailureKind.UNAVAILABLE, false),
                Arguments.of(new StalledException("silent", true), FailureKind.TIMEOUT, true),
                Arguments.of(
                        new IOException("wrapped", new StalledException("silent", true)), FailureKind.TIMEOUT, true),
                Arguments.of(new MismatchException("other"), FailureKind.CHECKSUM, true),
                Arguments.of(
                        new RetryLaterException(FailureKind.RATE_LIMITED, "429", Optional.empty()),
                        FailureKind.RATE_LIMITED,
                        true),
                Arguments.of(new IOException("No space left on device"), FailureKind.NO_SPACE, false),
                Arguments.of(
                        new FileSystemException("/m/x", null, "No space left on device"), FailureKind.NO_SPACE, false),
                Arguments.of(new FileSystemException("/m/x", null, "Disk quota exceeded"), FailureKind.NO_SPACE, false),
                Arguments.of(new AccessDeniedException("/m/x"), FailureKind.DISK, false),
                Arguments.of(new FileSystemException("/m/x", null, "Read-only file system"), FailureKind.DISK, false),
                Arguments.of(new IOException("Read-only file system"), FailureKind.DISK, false),
                Arguments.of(new IOException("Input/output error"), FailureKind.DISK, true),
                Arguments.of(new FileSystemException("/m/x", null, "Stale file handle"), FailureKind.DISK, true),
                Arguments.of(new NoSuchFileException("/m/x"), FailureKind.DISK, true));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void tellsFailuresApart(IOException failure, FailureKind kind, boolean mayPass) {
        assertEquals(kind, Failures.kind(failure));
        assertEquals(mayPass, Failures.mayPass(failure));
    }

    @Test
    void knowsWhatIsNoInputOrOutput() {
        assertEquals(FailureKind.CHECKSUM, Failures.kind(new SyncException(FailureKind.CHECKSUM, "bad")));
        assertEquals(FailureKind.INTERRUPTED, Failures.kind(new InterruptedException()));
        assertEquals(FailureKind.OTHER, Failures.kind(new IllegalStateException("bug")));
        assertEquals(
                FailureKind.NO_SPACE,
                Failures.kind(new UncheckedIOException(new IOException("No space left on device"))));
    }

    @Test
    void alwaysSaysSomething() {
        assertEquals("EOFException", Failures.message(new EOFException()));
        assertEquals("permission denied: /m/x", Failures.message(new AccessDeniedException("/m/x")));
        assertEquals(
                "no address is known for the host hub (Name or service not known); check its name, the DNS, and whether"
                        + " HTTPS_PROXY is right",
                Failures.message(new UnknownHostException("hub: Name or service not known")));
        assertEquals(
                "no address is known for the host hub; check its name, the DNS, and whether HTTPS_PROXY is right",
                Failures.message(new UnknownHostException("hub")));
        assertEquals("NoSuchFile: /m/x", Failures.message(new NoSuchFileException("/m/x")));
        assertFalse(Failures.message(new NullPointerException()).isEmpty());
    }
}
