package io.synctools.s3;

import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One profile of the files that clients of such stores share: {@code ~/.aws/credentials} and {@code ~/.aws/config}. Immutable.
 */
final class Profile {
    private final String name;
    private final Map<String, String> values;

    private Profile(String name, Map<String, String> values) {
        this.name = name;
        this.values = values;
    }

    /**
     * The one that {@code AWS_PROFILE} names, or the default one.
     *
     * @throws IllegalArgumentException if a file cannot be read, or has no profile of the name that was given
     */
    static Profile of(RunContext context) {
        Optional<String> asked = context.env("AWS_PROFILE");
        String name = asked.orElse("default");
        Map<String, String> values = new HashMap<>();
        boolean found =
                read(file(context, "AWS_CONFIG_FILE", "config"), Map.of("profile " + name, "", name, ""), values);
        found |= read(file(context, "AWS_SHARED_CREDENTIALS_FILE", "credentials"), Map.of(name, ""), values);
        if (asked.isPresent() && !found) {
            throw new IllegalArgumentException("AWS_PROFILE names \"" + name + "\", and neither ~/.aws/config nor"
                    + " ~/.aws/credentials has such a profile; correct the name, or add it");
        }
        return new Profile(name, Map.copyOf(values));
    }

    /** Its name. */
    String name() {
        return name;
    }

    /** A value; those of a nested section by the section's name, for example {@code s3.addressing_style}. */
    Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }

    private static Optional<Path> file(RunContext context, String variable, String name) {
        return context.env(variable).map(Path::of).or(() -> context.env("HOME")
                .map(home -> Path.of(home, ".aws", name)));
    }

    /** Adds what a file's section says; false where there is no such section. */
    private static boolean read(Optional<Path> file, Map<String, String> sections, Map<String, String> into) {
        String text;
        try {
            if (file.isEmpty()) {
                return false;
            }
            text = Files.readString(file.get(), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) { // its text is not repeated: it may hold a secret
            throw new IllegalArgumentException(
                    file.get() + " cannot be read as text (" + e.getClass().getSimpleName() + "); make it readable", e);
        }
        boolean inside = false;
        boolean found = false;
        String nested = "";
        for (String line : text.lines().toList()) {
            String bare = line.strip();
            if (bare.isEmpty() || bare.startsWith("#") || bare.startsWith(";")) {
                continue;
            }
            if (bare.startsWith("[") && bare.endsWith("]")) {
                inside = sections.containsKey(
                        bare.substring(1, bare.length() - 1).strip());
                found |= inside;
                nested = "";
                continue;
            }
            int equals = bare.indexOf('=');
            if (!inside || equals < 1) {
                continue;
            }
            String key = bare.substring(0, equals).strip();
            String value = bare.substring(equals + 1).strip();
            boolean indented = Character.isWhitespace(line.charAt(0));
            if (!indented) {
                nested = value.isEmpty() ? key + "." : "";
            }
            into.put(indented ? nested + key : key, value);
        }
        return found;
    }
}
