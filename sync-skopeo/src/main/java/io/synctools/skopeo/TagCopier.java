package io.synctools.skopeo;

import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.spi.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Copies tags by skopeo: unchanged if the destination takes them so, else converted.
 *
 * <p>Thread-safe. The logins lie in a private folder from the first copy until it is closed.
 */
final class TagCopier implements Closeable {
    private static final String ACCEPT_ALL = "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}";

    private final RegistryApi api;
    private final DigestLedger ledger;
    private final Skopeo skopeo;
    private final Path temporary;
    private final AtomicInteger copies = new AtomicInteger();
    private final AtomicBoolean quotaTold = new AtomicBoolean();
    private final Map<String, Path> files = new HashMap<>();
    private @Nullable PrivateFolder folder;

    TagCopier(RegistryApi api, DigestLedger ledger, Skopeo skopeo, Path temporary) {
        this.api = api;
        this.ledger = ledger;
        this.skopeo = skopeo;
        this.temporary = temporary;
    }

    /**
     * Copies what the digest names under the tag. Repeating it is safe.
     *
     * @return the digest of the manifest as it was pushed
     */
    String copy(Repository from, Descriptor image, Repository to, String tag, Progress progress)
            throws IOException, InterruptedException {
        checkQuota(from, image, progress);
        String written = write(from, image, to, tag);
        if (!written.equals(image.digest())) {
            progress.note("converted for " + to.host() + ": " + image.digest() + " became " + written);
        }
        return written;
    }

    private String write(Repository from, Descriptor image, Repository to, String tag)
            throws IOException, InterruptedException {
        if (skopeo.canPreserve() && !ledger.refuses(to, image.mediaType())) {
            try {
                return run(from, image, to, tag, true);
            } catch (RefusedTypeException e) {
                String written = run(from, image, to, tag, false);
                ledger.rememberRefusal(to, image.mediaType());
                return written;
            }
        }
        return run(from, image, to, tag, false);
    }

    private String run(Repository from, Descriptor image, Repository to, String tag, boolean preserve)
            throws IOException, InterruptedException {
        Path digestFile = folder().resolve("digest-" + copies.incrementAndGet());
        List<Login> secrets = new ArrayList<>();
        Skopeo.End source = end(from, "@" + image.digest(), "source.json", secrets);
        Skopeo.End destination = end(to, ":" + tag, "destination.json", secrets);
        Optional<Path> policy = skopeo.needsPolicy()
                ? Optional.of(file("policy.json", ACCEPT_ALL.getBytes(StandardCharsets.UTF_8)))
                : Optional.empty();
        try {
            return skopeo.copy(new Skopeo.Copy(source, destination, preserve, digestFile, policy), secrets);
        } catch (SyncException e) {
            if (e.kind() == FailureKind.ACCESS) {
                // Reading was allowed when the tags were compared.
                throw new SyncException(
                        e.kind(), e.getMessage() + "; to write to " + to.host() + ", " + api.loginAdvice(to), false, e);
            }
            throw e;
        } finally {
            Files.deleteIfExists(digestFile);
        }
    }

    private Skopeo.End end(Repository repository, String reference, String name, List<Login> secrets)
            throws IOException, InterruptedException {
        Endpoint endpoint = api.endpoint(repository);
        Optional<Login> login = api.login(repository);
        Optional<Path> authFile = Optional.empty();
        if (login.isPresent()) {
            secrets.add(login.get());
            authFile = Optional.of(file(name, AuthFile.content(endpoint, login.get())));
        }
        return new Skopeo.End(
                endpoint.authority() + "/" + repository.path() + reference, endpoint.loopback(), authFile);
    }

    private void checkQuota(Repository from, Descriptor image, Progress progress)
            throws IOException, InterruptedException {
        if (api.quota(from).isEmpty()) {
            return;
        }
        api.head(from, image.digest()); // costs no pull and tells what is left
        Optional<Quota> quota = api.quota(from);
        if (quota.isPresent() && quota.get().remaining() < 2) {
            throw new SyncException(
                    FailureKind.RATE_LIMITED,
                    from.host() + " lets us pull no more: " + quota.get() + "; "
                            + quota.get().advice(),
                    true,
                    null);
        }
        if (quota.isPresent() && !quotaTold.getAndSet(true)) {
            progress.note(from.host() + ": " + quota.get());
        }
    }

    private synchronized PrivateFolder folder() throws IOException {
        PrivateFolder known = folder;
        if (known == null) {
            known = PrivateFolder.create(temporary);
            folder = known;
        }
        return known;
    }

    private synchronized Path file(String name, byte[] content) throws IOException {
        Path known = files.get(name);
        if (known == null) {
            known = folder().write(name, content);
            files.put(name, known);
        }
        return known;
    }

    @Override
    public synchronized void close() throws IOException {
        PrivateFolder known = folder;
        if (known != null) {
            folder = null;
            files.clear();
            known.close();
        }
    }
}
