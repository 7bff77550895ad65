package io.synctools.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Refuses paths of the command line that cannot be written, before a run of hours finds out at its end. */
final class Writable {
    private Writable() {}

    /**
     * A file to write, of which the folder is there.
     *
     * @param file null where the option is not given
     * @throws IllegalArgumentException if it is a folder, or lies in none
     */
    static void checkFile(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(option + " " + file + ": this is a folder; name a file in it");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(option + " " + file + ": there is no folder " + folder);
        }
        if (!Files.isWritable(folder)) {
            throw new IllegalArgumentException(option + " " + file + ": the folder " + folder + " may not be written");
        }
    }

    /**
     * A folder to write into, or to make.
     *
     * @throws IllegalArgumentException if it is a file, or lies below one
     */
    static void checkFolder(String option, Path folder) {
        for (Path place = folder.toAbsolutePath(); place != null; place = place.getParent()) {
            if (Files.isDirectory(place)) {
                return;
            }
            if (Files.exists(place)) {
                throw new IllegalArgumentException(option + " " + folder + ": " + place + " is not a folder");
            }
        }
    }
}
