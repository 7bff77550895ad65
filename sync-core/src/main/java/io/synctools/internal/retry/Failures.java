package io.synctools.internal.retry;

import io.synctools.internal.disk.Reason;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.ReadOnlyFileSystemException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Tells failures apart: which are worth another try, and what reports call them. */
public final class Failures {
    private static final String CERTIFICATE_ADVICE =
            "; if the server's certificate comes from a private authority, name its PEM file in SSL_CERT_FILE"
                    + " or set JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=FILE";

    private static final String NOT_PLAIN =
            "the server does not speak plain HTTP on this port; write https:// instead of http://, or correct the port";
    /** The words of nginx and of programs in Go, with status 400. */
    private static final Pattern SENT_WITHOUT_TLS =
            Pattern.compile("HTTP request (was sent )?to (an )?HTTPS (port|server)", Pattern.CASE_INSENSITIVE);

    private Failures() {}

    /** Why, as reports name it. Looks through causes. */
    public static FailureKind kind(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            FailureKind kind = kindOfOne(e);
            if (kind != null) {
                return kind;
            }
        }
        return failure instanceof IOException || failure instanceof UncheckedIOException
                ? FailureKind.UNAVAILABLE
                : FailureKind.OTHER;
    }

    private static @Nullable FailureKind kindOfOne(Throwable e) {
        if (e instanceof SyncException known) {
            return known.kind();
        }
        if (e instanceof InterruptedException) {
            return FailureKind.INTERRUPTED;
        }
        if (e instanceof RetryLaterException later) {
            return later.kind();
        }
        if (e instanceof StalledException) {
            return FailureKind.TIMEOUT;
        }
        if (e instanceof MismatchException) {
            return FailureKind.CHECKSUM;
        }
        if (e instanceof NetworkException || e instanceof SocketException || e instanceof SSLException) {
            return FailureKind.UNAVAILABLE;
        }
        if (Reason.FULL.isOf(e)) {
            return FailureKind.NO_SPACE;
        }
        boolean disk = e instanceof FileSystemException
                || e instanceof ReadOnlyFileSystemException
                || Reason.NOT_WRITABLE.isOf(e)
                || Reason.BROKEN.isOf(e);
        return disk ? FailureKind.DISK : null;
    }

    /**
     * Whether another try may help. It does not where the disk is full or not writable, or a certificate is not trusted;
     * it may for a stale handle or an I/O error of the disk, and for whatever a network does.
     */
    public static boolean mayPass(IOException failure) {
        if (isUntrusted(failure)) {
            return false;
        }
        FailureKind kind = kind(failure);
        if (kind == FailureKind.NO_SPACE) {
            return false;
        }
        return kind != FailureKind.DISK || !isNotWritable(failure);
    }

    /**
     * The end of all tries, as an exception that says what failed, how hard it was tried, and what to do.
     *
     * @param what names the operation
     * @param effort for example {@code gave up after 6 tries in 31 s}; empty where it was tried once
     */
    static SyncException end(String what, String effort, IOException last) {
        boolean passes = mayPass(last);
        StringBuilder text = new StringBuilder(what).append(": ");
        if (!effort.isEmpty()) {
            text.append(effort).append(": ");
        }
        text.append(message(last)).append(advice(last, passes));
        return new SyncException(kind(last), text.toString(), passes, last);
    }

    /** What a failure says, never empty: some exceptions have only a name. */
    public static String message(Throwable failure) {
        String text = failure.getMessage();
        if (failure instanceof UnknownHostException && text != null) {
            String[] hostAndReason = text.split(": ", 2);
            return "no address is known for the host " + hostAndReason[0]
                    + (hostAndReason.length == 1 ? "" : " (" + hostAndReason[1] + ")")
                    + "; check its name, the DNS, and whether HTTPS_PROXY is right";
        }
        if (text != null
                && failure instanceof SSLException
                && text.contains("Unsupported or unrecognized SSL message")) {
            return "the server does not speak TLS on this port; write http:// instead of https://, or correct the port";
        }
        if (isAnswerOfTls(failure)) {
            return NOT_PLAIN;
        }
        if (failure instanceof AccessDeniedException denied && denied.getReason() == null) {
            return "permission denied: " + denied.getFile();
        }
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            return failure.getClass().getSimpleName().replace("Exception", "") + ": " + text;
        }
        return text == null || text.isBlank() ? failure.getClass().getSimpleName() : text;
    }

    /** Whether a server that speaks TLS only answered to plain HTTP: with an alert, of which no line can be made. */
    private static boolean isAnswerOfTls(Throwable failure) {
        if (failure instanceof ProtocolException) {
            return String.valueOf(failure.getMessage()).startsWith("Unexpected status line");
        }
        return failure.getCause() instanceof EOFException end
                && String.valueOf(end.getMessage()).contains("content=1503");
    }

    /** What to say of an answer with status 400 that complains of a request without TLS; empty for any other. */
    public static Optional<String> wantOfTls(String body) {
        return SENT_WITHOUT_TLS.matcher(body).find() ? Optional.of(NOT_PLAIN) : Optional.empty();
    }

    private static String advice(IOException last, boolean passes) {
        if (isUntrusted(last)) {
            return CERTIFICATE_ADVICE;
        }
        return switch (kind(last)) {
            case NO_SPACE -> "; make room and run again: what is there already is kept";
            case DISK -> passes ? "; check the disk or mount, then run again" : "; make it writable, then run again";
            default -> "; try again later";
        };
    }

    /** Whether the disk itself is at fault, and not what was asked of it. */
    public static boolean isBrokenDisk(IOException failure) {
        return Reason.BROKEN.isOf(failure);
    }

    private static boolean isUntrusted(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof CertificateException
                    || e instanceof CertPathBuilderException
                    || e instanceof SSLPeerUnverifiedException) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNotWritable(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof AccessDeniedException
                    || e instanceof ReadOnlyFileSystemException
                    || (!(e instanceof SocketException) && Reason.NOT_WRITABLE.isOf(e))) {
                return true;
            }
        }
        return false;
    }
}
