package io.synctools.internal.disk;

import io.synctools.internal.text.WrittenPath;
import io.synctools.spi.RunContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The folders that the environment names, and the user's own, {@code $HOME}. Thread-safe; looks at the disk for
 * nothing but whether that one can be used.
 */
public final class UserFolders {
    private final RunContext context;

    private UserFolders(RunContext context) {
        this.context = context;
    }

    /** The folders that this context names. */
    public static UserFolders of(RunContext context) {
        return new UserFolders(context);
    }

    /**
     * The folder that a variable of the environment names; empty where it is not set.
     *
     * @throws IllegalArgumentException if it is written as no path, saying what to write
     */
    public Optional<Path> variable(String name) {
        return context.env(name).map(text -> WrittenPath.of(name, text, context.environment()));
    }

    /** A place below {@code $HOME}, to look for something; empty where the variable is not set. */
    public Optional<Path> belowHome(String place) {
        return context.env("HOME").map(home -> Path.of(home).resolve(place));
    }

    /**
     * A place below {@code $HOME}.
     *
     * @param instead what to set where there is no such folder
     * @throws IllegalArgumentException if the variable is not set
     */
    public Path belowHome(String place, String instead) {
        return belowHome(place).orElseThrow(() -> homeless(" is not set", instead));
    }

    /**
     * Refuses to keep something below a {@code $HOME} that is none: a folder made up for it would be found by nobody.
     *
     * @param place where it is to be kept; any place that is not below {@code $HOME} is taken
     * @param instead what to give instead
     * @throws IllegalArgumentException if it lies below one that is no folder and could not become one but beside the
     *     system's own, or that may not be written
     */
    public void checkKept(Path place, String instead) {
        Optional<Path> home = context.env("HOME").map(Path::of);
        if (home.isEmpty() || !place.startsWith(home.get())) {
            return;
        }
        Path there = home.get().toAbsolutePath();
        while (!Files.exists(there) && there.getNameCount() > 1) {
            there = Objects.requireNonNull(there.getParent()); // it has more than one name
        }
        if (!home.get().isAbsolute() || !Files.isDirectory(there)) {
            throw homeless(", " + home.get() + ", is not a folder", instead);
        }
        if (!Files.isWritable(there) && !Files.isDirectory(place.resolve(".."))) {
            throw homeless(", " + home.get() + ", may not be written", instead);
        }
    }

    private static IllegalArgumentException homeless(String fault, String instead) {
        return new IllegalArgumentException(
                "HOME" + fault + ", so there is no place where what is mirrored would be found; give " + instead);
    }
}
