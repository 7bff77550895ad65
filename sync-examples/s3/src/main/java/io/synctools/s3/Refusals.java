package io.synctools.s3;

import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.retry.MismatchException;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says what a store's refusal means, and what to do about it. Stateless. */
final class Refusals {
    private static final int BODY_LIMIT = 16 * 1024;
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9.]{1,64}");
    private static final Duration SKEW = Duration.ofMinutes(15);

    private Refusals() {}

    /**
     * What an answer other than the wanted one says.
     *
     * @param code the store's own word; empty where it gave none, as to a HEAD
     * @param region the bucket is in, where the store told
     */
    record Refusal(int status, String code, Optional<String> region, Optional<Instant> date) {

        static Refusal of(HttpResponse answer) throws IOException {
            String text = answer.text(BODY_LIMIT);
            Xml xml = Xml.EMPTY;
            try {
                xml = text.isBlank() ? Xml.EMPTY : Xml.read(text);
            } catch (IOException e) {
                xml = Xml.EMPTY; // a proxy's page, for example
            }
            return of(answer, xml);
        }

        static Refusal of(HttpResponse answer, Xml xml) {
            String code = xml.text("Code");
            String inBody = xml.text("Region");
            return new Refusal(
                    answer.status(),
                    CODE.matcher(code).matches() ? code : "",
                    Optional.of(inBody)
                            .filter(region -> !region.isEmpty())
                            .or(() -> answer.header("x-amz-bucket-region"))
                            .filter(region ->
                                    CODE.matcher(region.replace('-', '.')).matches()),
                    answer.header("Date").flatMap(Refusal::date));
        }

        private static Optional<Instant> date(String text) {
            try {
                return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant());
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }

        boolean is(String... codes) {
            return List.of(codes).contains(code);
        }

        /** How far the store's clock is ahead of ours, where it says that this is why it refuses, or may be why. */
        Optional<Duration> skew(Instant now) {
            return date.map(there -> Duration.between(now, there))
                    .filter(ahead -> is("RequestTimeTooSkewed")
                            || (status == 403 && code.isEmpty() && ahead.abs().compareTo(SKEW) > 0));
        }
    }

    /**
     * The exception that a refusal becomes.
     *
     * @param what was asked: method and address, without a query
     */
    static Exception of(Refusal refusal, String what, String bucket, StoreCredentials credentials) {
        String said = what + ": status " + refusal.status + (refusal.code.isEmpty() ? "" : ", " + refusal.code);
        String signed = "; signed with " + credentials;
        return switch (refusal.code) {
            case "NoSuchBucket" ->
                refused(
                        FailureKind.NOT_FOUND,
                        said + ": there is no bucket \"" + bucket
                                + "\"; make it, or correct the address or AWS_ENDPOINT_URL");
            case "ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException" ->
                refused(
                        FailureKind.ACCESS,
                        said + signed
                                + "; their time is over: renew them (aws sso login, or a new session token) and run again:"
                                + " what is there already is kept");
            case "InvalidAccessKeyId", "InvalidToken", "InvalidClientTokenId" ->
                refused(
                        FailureKind.ACCESS,
                        said + signed
                                + "; the store does not know this key; correct AWS_ACCESS_KEY_ID or AWS_SESSION_TOKEN, or AWS_PROFILE");
            case "SignatureDoesNotMatch" ->
                refused(
                        FailureKind.ACCESS,
                        said + signed
                                + "; the secret key does not belong to the key, or something on the way changes requests; correct"
                                + " AWS_SECRET_ACCESS_KEY, and AWS_REGION where the store has regions");
            case "RequestTimeTooSkewed" ->
                refused(
                        FailureKind.ACCESS,
                        said + ": this machine's clock and the store's are too far apart; set this machine's clock");
            case "QuotaExceeded",
                    "XMinioAdminBucketQuotaExceeded",
                    "XMinioStorageFull",
                    "InsufficientStorageSpace",
                    "QuotaExceededException" -> full(said);
            case "EntityTooLarge" ->
                refused(FailureKind.INCOMPATIBLE, said + ": the store takes no object of that size");
            case "NotImplemented", "XNotImplemented" ->
                refused(
                        FailureKind.INCOMPATIBLE,
                        said
                                + ": the store does not know checksums behind a body; set"
                                + " AWS_REQUEST_CHECKSUM_CALCULATION=when_required, then its own MD5 is compared instead");
            case "BadDigest",
                    "InvalidDigest",
                    "XAmzContentChecksumMismatch",
                    "XAmzContentSHA256Mismatch",
                    "IncompleteBody",
                    "InvalidPart" -> new MismatchException(said + ": the bytes changed on their way to the store");
            case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" ->
                region(said, bucket, refusal);
            case "SlowDown", "RequestLimitExceeded", "Throttling" ->
                new RetryLaterException(
                        FailureKind.RATE_LIMITED, said + ": the store asks to slow down", Optional.empty());
            case "RequestTimeout", "OperationAborted", "InternalError", "ServiceUnavailable", "NoSuchUpload" ->
                new IOException(said);
            default ->
                switch (refusal.status) {
                    case 301, 307 -> region(said, bucket, refusal);
                    case 401, 403 ->
                        refused(
                                FailureKind.ACCESS,
                                said + signed
                                        + "; they may not do this: the bucket's policy must allow to list it, and to get, put and"
                                        + " delete its objects; a key whose time is over is refused like this, too");
                    case 404 ->
                        refused(
                                FailureKind.NOT_FOUND,
                                said + "; correct the bucket in the address, or AWS_ENDPOINT_URL");
                    case 409, 412 -> new IOException(said + ": another writer came first");
                    case 501 -> refused(FailureKind.INCOMPATIBLE, said + ": the store does not know this request");
                    case 507 -> full(said);
                    default -> refused(FailureKind.OTHER, said + "; ask whoever runs the store");
                };
        };
    }

    private static SyncException region(String said, String bucket, Refusal refusal) {
        return refused(
                FailureKind.INCOMPATIBLE,
                said + ": the bucket \"" + bucket + "\" is in "
                        + refusal.region
                                .map(region -> "region " + region + "; set AWS_REGION=" + region)
                                .orElse("another region; set AWS_REGION, or correct AWS_ENDPOINT_URL"));
    }

    private static SyncException full(String said) {
        return refused(
                FailureKind.NO_SPACE,
                said
                        + ": the store is full, or the bucket's quota used up; make room and run again: what is there already"
                        + " is kept");
    }

    private static SyncException refused(FailureKind kind, String message) {
        return new SyncException(kind, message);
    }
}
