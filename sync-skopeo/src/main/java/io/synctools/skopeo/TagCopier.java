package io.synctools.skopeo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.spi.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies tags by skopeo: unchanged if the destination takes them so, else converted.
 *
 * <p>Thread-safe. The logins lie in a private folder from the first copy until it is closed.
 */
final class TagCopier implements Closeable {
    private static final String ACCEPT_ALL = "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}";

    /** A pause for which the rest of a run's quota is worth waiting. */
    private static final Duration SOON = Duration.ofMinutes(1);

    private final RegistryApi api;
    private final DigestLedger ledger;
    private final Skopeo skopeo;
    private final Path temporary;
    private final AtomicInteger copies = new AtomicInteger();
    private final AtomicBoolean quotaTold = new AtomicBoolean();

    @GuardedBy("this")
    private final Map<String, Path> files = new HashMap<>();

    @GuardedBy("this")
    private @Nullable PrivateFolder folder;

    TagCopier(RegistryApi api, DigestLedger ledger, Skopeo skopeo, Path temporary) {
        this.api = api;
        this.ledger = ledger;
        this.skopeo = skopeo;
        this.temporary = temporary;
    }

    /**
     * Copies what the digest names, which has that tag at its source, under a name. Repeating it is safe.
     *
     * @return the digest of the manifest as it was pushed
     */
    String copy(
            RegistrySource source,
            ImageRepository from,
            String tag,
            Descriptor image,
            ImageRepository to,
            String name,
            Progress progress)
            throws IOException, InterruptedException {
        int pulls = reserve(source, from, image, tag, progress);
        String written;
        try {
            written = write(from, image, to, name);
        } finally {
            api.pulls(from).giveBack(pulls);
        }
        if (!written.equals(image.digest())) {
            progress.note("converted for " + to.host() + ": " + image.digest() + " became " + written);
        }
        return written;
    }

    /** Whether a destination may take an image as it is, so that it has the same digest there. */
    boolean mayKeepDigest(Descriptor image, ImageRepository to) {
        return (image.isList() || image.isSingle()) && !ledger.refuses(to, kind(image, Skopeo.Form.UNCHANGED));
    }

    /**
     * Copies what the digest names, every byte as it is.
     *
     * @param reference a tag with a colon in front, or its digest after an at
     * @throws RefusedTypeException if the destination takes it only changed
     */
    void copyUnchanged(
            RegistrySource source,
            ImageRepository from,
            String tag,
            Descriptor image,
            ImageRepository to,
            String reference,
            Progress progress)
            throws IOException, InterruptedException {
        int pulls = reserve(source, from, image, tag, progress);
        try {
            run(from, image, to, reference, Skopeo.Form.UNCHANGED);
        } finally {
            api.pulls(from).giveBack(pulls);
        }
    }

    /** Gives an image that is at the destination under its digest its name there. */
    void tag(ImageRepository to, Descriptor image, String name) throws IOException, InterruptedException {
        api.tag(to, image, name);
    }

    /** Tries one form after the other, beginning with the first that this destination has not refused before. */
    private String write(ImageRepository from, Descriptor image, ImageRepository to, String tag)
            throws IOException, InterruptedException {
        List<Skopeo.Form> refused = new ArrayList<>();
        for (Skopeo.Form form : forms(image, to)) {
            try {
                String written = run(from, image, to, ":" + tag, form);
                refused.forEach(one -> ledger.rememberRefusal(to, kind(image, one)));
                return written;
            } catch (RefusedTypeException e) {
                refused.add(form);
                if (form == Skopeo.Form.DOCKER || (form == Skopeo.Form.ACCEPTED && !image.isOci())) {
                    throw e;
                }
            }
        }
        throw new IllegalStateException("no form is left for " + image);
    }

    private List<Skopeo.Form> forms(Descriptor image, ImageRepository to) {
        if (image.isSchema1()) {
            return List.of(Skopeo.Form.DOCKER); // registries of today answer schema 1 with anything, also with a 500
        }
        List<Skopeo.Form> forms = new ArrayList<>(List.of(Skopeo.Form.values()));
        if (!skopeo.canPreserve() || ledger.refuses(to, kind(image, Skopeo.Form.UNCHANGED))) {
            forms.remove(Skopeo.Form.UNCHANGED);
        }
        if (image.isOci() && ledger.refuses(to, kind(image, Skopeo.Form.ACCEPTED))) {
            forms.remove(Skopeo.Form.ACCEPTED);
        }
        return forms;
    }

    /** What the ledger calls a form of an image. */
    private static String kind(Descriptor image, Skopeo.Form form) {
        return form == Skopeo.Form.UNCHANGED ? image.mediaType() : image.mediaType() + ";" + form;
    }

    private String run(ImageRepository from, Descriptor image, ImageRepository to, String reference, Skopeo.Form form)
            throws IOException, InterruptedException {
        Path digestFile = folder().resolve("digest-" + copies.incrementAndGet());
        List<Login> secrets = new ArrayList<>();
        Skopeo.End source = end(from, "@" + image.digest(), "source.json", secrets);
        Skopeo.End destination = end(to, reference, "destination.json", secrets);
        Optional<Path> policy = skopeo.needsPolicy()
                ? Optional.of(file("policy.json", ACCEPT_ALL.getBytes(StandardCharsets.UTF_8)))
                : Optional.empty();
        try {
            return skopeo.copy(new Skopeo.Copy(source, destination, form, digestFile, policy), secrets);
        } catch (RefusedLoginException e) {
            throw new RefusedLoginException(refusal(e, from, to), e);
        } catch (SyncException e) {
            if (e.kind() == FailureKind.ACCESS) {
                throw new SyncException(e.kind(), refusal(e, from, to), false, e);
            }
            throw e;
        } finally {
            Files.deleteIfExists(digestFile);
        }
    }

    /** Reading was allowed when the tags were compared. */
    private String refusal(SyncException e, ImageRepository from, ImageRepository to) throws InterruptedException {
        String text = e.getMessage() + "; to write to " + to.host() + ", " + api.loginAdvice(to);
        Optional<Duration> life = tokenLife(from, to);
        return e instanceof RefusedLoginException && life.isPresent()
                ? text + "; tokens live " + life.get().toSeconds()
                        + " s there, and a layer that takes longer cannot be pushed"
                : text;
    }

    /** How long the shorter-lived of the tokens lives, where one is known. */
    Optional<Duration> tokenLife(ImageRepository from, ImageRepository to) {
        return Stream.of(from, to)
                .flatMap(repository -> api.tokenLife(repository).stream())
                .min(Comparator.naturalOrder());
    }

    /** @throws SyncException if the account was refused before */
    void requireMayPush(ImageRepository to) throws InterruptedException {
        api.account(to).requireMayPush();
    }

    /** The account is good for pushing. */
    void pushed(ImageRepository to) throws InterruptedException {
        api.account(to).pushed();
    }

    /** The account was refused, and trying again did not help. */
    void pushRefused(ImageRepository to, SyncException why) throws InterruptedException {
        api.account(to).pushRefused(why);
    }

    private Skopeo.End end(ImageRepository repository, String reference, String name, List<Login> secrets)
            throws IOException, InterruptedException {
        Endpoint endpoint = api.endpoint(repository);
        Optional<Login> login = api.login(repository);
        Optional<Path> authFile = Optional.empty();
        if (login.isPresent()) {
            secrets.add(login.get());
            authFile = Optional.of(file(name, AuthFile.content(endpoint, login.get())));
        }
        return new Skopeo.End(
                endpoint.authority() + "/" + repository.path() + reference, endpoint.mayBePlain(), authFile);
    }

    /** Reserves the pulls that a copy costs where they are counted; tells how many. */
    private int reserve(RegistrySource source, ImageRepository from, Descriptor image, String tag, Progress progress)
            throws IOException, InterruptedException {
        if (api.quota(from).isEmpty()) {
            return 0;
        }
        PullBudget pulls = api.pulls(from);
        PullBudget.QuotaQuery ask = () -> {
            api.head(from, image.digest()); // costs no pull and tells what is left
            return api.quota(from);
        };
        int cost = pulls.cost(from, image);
        Optional<Quota> tooFew = pulls.take(cost, ask);
        if (tooFew.isPresent() && tooFew.get().remaining() > 1 && pulls.guesses(from, image)) {
            pulls.learn(from, image, () -> source.manifest(from, tag).parts().size());
            cost = pulls.cost(from, image);
            tooFew = pulls.take(cost, ask);
        }
        if (tooFew.isPresent()) {
            throw noPulls(from, tooFew.get(), cost);
        }
        if (!quotaTold.getAndSet(true)) {
            api.quota(from).ifPresent(quota -> progress.note(from.host() + ": " + quota));
        }
        return cost;
    }

    private static SyncException noPulls(ImageRepository from, Quota quota, int cost) throws RetryLaterException {
        String text = from.host() + " lets us pull no more: " + quota + ", and this image costs " + cost;
        Optional<Duration> soon = quota.reset().filter(reset -> reset.compareTo(SOON) <= 0);
        if (soon.isPresent()) {
            throw new RetryLaterException(FailureKind.RATE_LIMITED, text, soon);
        }
        return new SyncException(FailureKind.RATE_LIMITED, text + "; " + quota.advice(), true, null);
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
