package io.synctools.file;

import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was fetched of an artifact and is not published yet. A look at a disk that others change; immutable.
 *
 * @param partials large files that have arrived in part, ordered by path and content
 * @param files number of files that are whole and wait for the others
 * @param bytes their sum
 */
public record Unfinished(List<Part> partials, long files, long bytes) {

    /** Nothing. */
    public static final Unfinished NONE = new Unfinished(List.of(), 0, 0);

    /**
     * A large file that has arrived in part.
     *
     * @param path its path in the repository; empty where it is not known
     * @param content the hexadecimal checksum of what it will hold
     * @param bytes how much of it is there, by its journal
     */
    public record Part(String path, String content, long bytes) {}

    public Unfinished {
        partials = partials.stream()
                .sorted(Comparator.comparing(Part::path).thenComparing(Part::content))
                .toList();
    }

    /** Whether there is nothing. */
    public boolean isEmpty() {
        return partials.isEmpty() && files == 0;
    }

    /** All bytes that the next run need not fetch. */
    public long total() {
        return bytes + partials.stream().mapToLong(Part::bytes).sum();
    }

    /** What lies in the state folder of a {@link FolderReplica}. */
    public static Unfinished in(Path state) throws IOException {
        List<Part> partials = new ArrayList<>();
        long files = 0;
        long bytes = 0;
        for (Workspace work : Workspace.in(state)) {
            Map<String, String> paths = new HashMap<>();
            StagedLog.read(work.log(), (path, checksum) -> paths.put(checksum.hex(), path));
            partials.addAll(partials(work.parts(), paths));
            for (Path file : Workspace.filesBelow(work.staged())) {
                files++;
                bytes += sizeOf(work.staged().resolve(file));
            }
        }
        return new Unfinished(partials, files, bytes);
    }

    /**
     * The partial files in a folder that {@link FileReceiver#receive} was given.
     *
     * @param paths what is known of paths, by the hexadecimal checksum of the content
     */
    public static List<Part> partials(Path parts, Map<String, String> paths) throws IOException {
        List<Part> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parts)) {
            for (Path folder : folders) {
                String name = folder.getFileName().toString();
                int dot = name.indexOf('.');
                if (dot > 0 && Stat.isFolder(folder, LinkOption.NOFOLLOW_LINKS)) {
                    String content = name.substring(0, dot);
                    found.add(new Part(paths.getOrDefault(content, ""), content, bytesIn(folder)));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        return found;
    }

    /** The run that it belongs to may have finished it, or handed it over, in this moment. */
    private static long bytesIn(Path folder) throws IOException {
        try {
            return Partial.bytesIn(folder);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
