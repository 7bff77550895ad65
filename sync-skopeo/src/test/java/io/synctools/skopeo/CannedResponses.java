package io.synctools.skopeo;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;

/** Answers that a proxy gives instead of its registry. */
final class CannedResponses {
    private CannedResponses() {}

    static MockResponse status(int status) {
        return new MockResponse.Builder().code(status).build();
    }

    /** An error as registries write it. */
    static MockResponse errors(int status, String code, String message) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "application/json")
                .body("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}")
                .build();
    }

    /** The answer, to all such requests. */
    static Function<RecordedRequest, Optional<MockResponse>> always(
            Predicate<RecordedRequest> which, MockResponse answer) {
        return request -> which.test(request) ? Optional.of(answer) : Optional.empty();
    }

    /** The answer, to the first few of such requests. */
    static Function<RecordedRequest, Optional<MockResponse>> times(
            int times, Predicate<RecordedRequest> which, MockResponse answer) {
        AtomicInteger left = new AtomicInteger(times);
        return request -> which.test(request) && left.getAndDecrement() > 0 ? Optional.of(answer) : Optional.empty();
    }

    /** Requests of a method whose target contains a text. */
    static Predicate<RecordedRequest> asks(String method, String part) {
        return request ->
                request.getMethod().equals(method) && request.getTarget().contains(part);
    }
}
