package io.synctools.huggingface;

import io.synctools.file.FolderLayout;
import io.synctools.internal.disk.Rights;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/**
 * A local directory with the state files of the hub's own client, so that {@code hf download --local-dir} finds it up to
 * date without a request (docs/protocols/huggingface.md section 7).
 *
 * @param folder the directory
 */
record LocalDirLayout(Path folder) implements FolderLayout {
    private static final String STATE = ".cache/sync-tools";
    private static final String CLIENT_STATE = ".cache/huggingface";
    private static final int LONGEST_NAME = 255;

    @Override
    public Path state() {
        return folder.resolve(STATE);
    }

    /** Git's, both hubs' clients' and our own state, whichever hub the files come from. */
    @Override
    public Set<String> reserved() {
        return Set.of(".git", CLIENT_STATE, STATE, ".msc", ".mdl", ".mv", "._____temp");
    }

    @Override
    public String writeIndex(ArtifactRef pinned, Listing listing, Path stage) throws IOException {
        String commit = pinned.pin();
        if (!RepoId.isCommit(commit) || !TreeCache.isKnown(listing)) {
            return ""; // From another hub, whose client keeps nothing in a local directory.
        }
        Path state = stage.resolve(CLIENT_STATE);
        Rights.makeFolders(state.resolve("trees"));
        Path ignore = Files.writeString(state.resolve(".gitignore"), "*");
        Files.writeString(state.resolve("CACHEDIR.TAG"), CacheTag.TEXT);
        String time = seconds(Files.getLastModifiedTime(ignore).toInstant());
        for (Entry entry : listing.entries()) {
            Path metadata = state.resolve("download/" + entry.path() + ".metadata");
            if (metadata.getFileName().toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                continue; // The client cannot keep it either.
            }
            Rights.makeFolders(metadata.resolveSibling(""));
            String etag = entry.checksum().orElseThrow().hex();
            Files.writeString(metadata, commit + "\n" + etag + "\n" + time + "\n");
        }
        if (!listing.leftOut().isEmpty() || !TreeCache.isWhole(listing)) {
            return ""; // The client would take the folder for incomplete, and look for what was left out.
        }
        try (OutputStream out =
                new BufferedOutputStream(Files.newOutputStream(state.resolve("trees/" + commit + ".json")))) {
            TreeCache.write(listing, out);
        }
        return "";
    }

    /**
     * The client trusts its metadata while their time is not before the file's last change. So this is the time of a file
     * written just now, by the clock of the disk, which need not be this host's.
     */
    private static String seconds(Instant time) {
        return String.format(Locale.ROOT, "%d.%06d", time.getEpochSecond(), time.getNano() / 1000);
    }
}
