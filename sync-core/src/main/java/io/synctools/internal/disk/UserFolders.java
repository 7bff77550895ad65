package io.synctools.internal.disk;

import io.synctools.spi.Settings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folders that options and the environment name, and the user's own, {@code $HOME}. Thread-safe; looks at the disk for
 * nothing but whether that one can be used.
 */
public final class UserFolders {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)})");
    private static final Pattern QUOTES = Pattern.compile("^[\"']+|[\"']+$");
    private static final Pattern FILE_ADDRESS = Pattern.compile("^file:(//(localhost)?)?(?=/)");

    private final Settings settings;

    private UserFolders(Settings settings) {
        this.settings = settings;
    }

    /** The folders that these settings name. */
    public static UserFolders of(Settings settings) {
        return new UserFolders(settings);
    }

    /**
     * The folder that an option names; empty where it is not given.
     *
     * @throws IllegalArgumentException if it is written as no path, saying what to write
     */
    public Optional<Path> option(String name) {
        return settings.option(name)
                .filter(text -> !text.isEmpty())
                .map(text -> expanded("option \"" + name + "\"", text));
    }

    /** The same for a variable of the environment. */
    public Optional<Path> variable(String name) {
        return settings.env(name).map(text -> expanded(name, text));
    }

    /** A place below {@code $HOME}, to look for something; empty where the variable is not set. */
    public Optional<Path> belowHome(String place) {
        return settings.env("HOME").map(home -> Path.of(home).resolve(place));
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
        Optional<Path> home = settings.env("HOME").map(Path::of);
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

    /**
     * Refuses what shells and lists of variables leave around a path, and what is an address.
     *
     * @param what names the option or variable
     */
    public static void checkWritten(String what, String text) {
        String meant = FILE_ADDRESS
                .matcher(QUOTES.matcher(text.strip()).replaceAll(""))
                .replaceFirst("");
        if (!meant.equals(text)) {
            String fault = QUOTES.matcher(text.strip()).find()
                    ? "is in quotes, which would be a part of the folder's name"
                    : text.strip().equals(text) ? "is an address, not a path" : "has blanks around it";
            throw new IllegalArgumentException(what + " " + fault + "; write " + meant);
        }
    }

    /** {@code ~} and variables are expanded as the hubs' clients do; an unknown variable stays as it is. */
    private Path expanded(String what, String text) {
        checkWritten(what, text);
        String expanded = VARIABLE.matcher(text).replaceAll(match -> {
            String name = match.group(1) == null ? match.group(2) : match.group(1);
            return Matcher.quoteReplacement(settings.env(name).orElse(match.group()));
        });
        if (expanded.equals("~") || expanded.startsWith("~/")) {
            String home = settings.env("HOME")
                    .orElseThrow(() -> new IllegalArgumentException(
                            "HOME is not set, so ~ has no meaning in " + what + "; write the whole path"));
            expanded = home + expanded.substring(1);
        }
        try {
            return Path.of(expanded).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(what + " cannot be a path: " + e.getReason(), e);
        }
    }
}
