package io.synctools.examples.guides;

import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.RunHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A platform for web servers that keep a {@code SHA256SUMS} beside the files of each folder. */
final class SumsSource implements FileSource {
    private static final int LARGEST = 64 << 20;

    private final URI base;
    private final RunContext context;

    /** @param base ends with a slash */
    SumsSource(URI base, RunContext context) {
        this.base = base;
        this.context = context;
    }

    @Override
    public ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException {
        return ref.pinned("now", sha256(sums(ref)));
    }

    @Override
    public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
        String sums = sums(pinned);
        if (!sha256(sums).equals(pinned.pin())) {
            throw new SyncException(FailureKind.NOT_FOUND, pinned.name() + " has changed since it was pinned");
        }
        List<Entry> entries = Collections.synchronizedList(new ArrayList<>());
        context.each(sums.lines().toList(), line -> {
            String[] columns = line.split(" [ *]", 2);
            Checksum checksum = Checksum.sha256(columns[0]);
            entries.add(Entry.file(columns[1], size(pinned, columns[1]), checksum));
        });
        entries.sort(Comparator.comparing(Entry::path));
        return Listing.divide(entries, filter, Map.of());
    }

    @Override
    public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException, InterruptedException {
        return context.http().openRange(get(pinned, entry.path()), entry.size(), range);
    }

    private String sums(ArtifactRef ref) throws IOException, InterruptedException {
        try (RunHttp.Response answer = context.http().send(get(ref, "SHA256SUMS"))) {
            return found(answer).text(LARGEST);
        }
    }

    private long size(ArtifactRef ref, String path) throws IOException, InterruptedException {
        try (RunHttp.Response answer = context.http().send(RunHttp.Request.head(address(ref, path)))) {
            return found(answer)
                    .header("Content-Length")
                    .map(Long::parseLong)
                    .orElseThrow(() -> new IOException(answer.address() + " has no length"));
        }
    }

    private static RunHttp.Response found(RunHttp.Response answer) throws IOException {
        if (answer.status() == 404) {
            throw new SyncException(FailureKind.NOT_FOUND, answer.address() + " is not there");
        }
        if (!answer.ok()) {
            throw new IOException(answer.address() + ": status " + answer.status());
        }
        return answer;
    }

    private RunHttp.Request get(ArtifactRef ref, String path) {
        return RunHttp.Request.get(address(ref, path));
    }

    private URI address(ArtifactRef ref, String path) {
        try {
            return new URI(base.getScheme(), base.getAuthority(), base.getPath() + ref.name() + "/" + path, null, null);
        } catch (URISyntaxException e) {
            throw new SyncException(FailureKind.UNSAFE_NAME, ref.name() + " has no address at " + base);
        }
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
