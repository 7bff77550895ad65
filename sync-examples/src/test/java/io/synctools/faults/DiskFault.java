package io.synctools.faults;

import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes the disk fail at a place of our code: an operation, and the calls that lead to it. Thread-safe. */
final class DiskFault implements FaultyFileSystem.Fault {
    private static final int FRAMES = 5;
    private static final Set<String> ON_OPEN_FILES = Set.of("read", "write", "fsync", "fstat", "ftruncate", "close");

    private final String place;
    private final Extent extent;
    private final String error;
    private final Set<String> visited = Collections.synchronizedSet(new LinkedHashSet<>());
    private volatile boolean struck;

    /** How much fails. */
    enum Extent {
        /** Nothing: only the places are remembered. */
        NOTHING,
        /** One operation, when the place is first reached. */
        ONCE,
        /** Every operation at that place. */
        THERE_FOR_EVER,
        /** From then on every operation at any place. */
        ALL_FOR_EVER
    }

    DiskFault(String place, Extent extent, String error) {
        this.place = place;
        this.extent = extent;
        this.error = error;
    }

    /** A disk that never fails. */
    static DiskFault none() {
        return new DiskFault("", Extent.NOTHING, "");
    }

    /** Every place that was reached, in the order of the first time. */
    Set<String> visited() {
        return visited;
    }

    boolean struck() {
        return struck;
    }

    @Override
    public void before(String operation, Path path) throws IOException {
        if (extent == Extent.NOTHING) {
            visited.add(place(operation));
        } else if (strikes(operation)) {
            struck = true;
            throw ON_OPEN_FILES.contains(operation)
                    ? new IOException(error)
                    : new FileSystemException(path.toString(), null, error);
        }
    }

    private boolean strikes(String operation) {
        if (struck && extent != Extent.THERE_FOR_EVER) {
            return extent == Extent.ALL_FOR_EVER;
        }
        return place.startsWith(operation + " ") && place.equals(place(operation));
    }

    private static String place(String operation) {
        return StackWalker.getInstance().walk(frames -> frames.filter(frame -> isOurs(frame.getClassName()))
                .limit(FRAMES)
                .map(frame -> frame.getClassName().replaceFirst(".*\\.", "") + "." + frame.getMethodName() + ":"
                        + frame.getLineNumber())
                .collect(Collectors.joining(" < ", operation + " ", "")));
    }

    private static boolean isOurs(String name) {
        return name.startsWith("io.synctools.")
                && !name.startsWith("io.synctools.testing.")
                && !name.startsWith("io.synctools.faults.")
                && !name.startsWith("io.synctools.internal.disk.");
    }
}
