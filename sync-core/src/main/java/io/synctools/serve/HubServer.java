package io.synctools.serve;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.synctools.internal.serve.Dialects;
import io.synctools.internal.serve.HttpFront;
import io.synctools.internal.serve.HubService;
import io.synctools.internal.serve.PublishedShelf;
import io.synctools.internal.threads.Threads;
import io.synctools.mirror.Inventory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A read-only hub over mirrors: what is proven to be published below some roots, in the dialects of the hubs that it came
 * from. Never writes, and asks nobody.
 *
 * <pre>{@code
 * List<Inventory> roots = List.of(new HuggingFaceCache(cache, true, context), new ModelScopeCache(other, context));
 * try (RunningHub hub = HubServer.over(roots).start(8080)) {
 *     // HF_ENDPOINT and MODELSCOPE_ENDPOINT of whoever reads are hub.uri()
 * }
 * }</pre>
 *
 * <p>Listens on loopback unless told otherwise. Immutable and thread-safe.
 */
public final class HubServer {
    private static final int MOST_CONNECTIONS = 4096;
    private static final int LARGEST_BODY = 64 << 10;
    private static final int WORKERS = 24;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SILENCE = Duration.ofMinutes(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private final List<Inventory> roots;
    private final InetAddress address;
    private final boolean open;
    private final List<String> tokens;
    private final Optional<SslContext> tls;
    private final Optional<Consumer<String>> log;

    private HubServer(
            List<Inventory> roots,
            InetAddress address,
            boolean open,
            List<String> tokens,
            Optional<SslContext> tls,
            Optional<Consumer<String>> log) {
        this.roots = roots;
        this.address = address;
        this.open = open;
        this.tokens = tokens;
        this.tls = tls;
        this.log = log;
    }

    /** Serves what is, and will be, published below the roots of these layouts. */
    public static HubServer over(Collection<? extends Inventory> roots) {
        return new HubServer(
                List.copyOf(roots),
                InetAddress.getLoopbackAddress(),
                false,
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    /** Listens there instead of on loopback: for who carries a token, or, said in so many words, for everybody. */
    public HubServer bind(InetAddress where) {
        return new HubServer(roots, where, open, tokens, tls, log);
    }

    /** Answers nobody who does not carry one of these. */
    public HubServer tokens(Collection<String> secrets) {
        if (secrets.isEmpty() || secrets.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("a token is empty, or there is none");
        }
        return new HubServer(roots, address, open, List.copyOf(secrets), tls, log);
    }

    /** Answers everybody who can reach the address. */
    public HubServer open() {
        return new HubServer(roots, address, true, tokens, tls, log);
    }

    /**
     * Speaks TLS only.
     *
     * @param certificate with those that it is signed by, in PEM
     * @param key PKCS #8 in PEM, not encrypted
     * @throws IllegalArgumentException if they cannot be used
     */
    public HubServer tls(Path certificate, Path key) {
        try {
            SslContext context = SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .sslProvider(SslProvider.JDK)
                    .build();
            requirePair(certificate, key);
            return new HubServer(roots, address, open, tokens, Optional.of(context), log);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cannot serve with " + certificate + " and " + key
                            + ": write a certificate chain and its PKCS #8 key in PEM (" + e.getMessage() + ")",
                    e);
        }
    }

    /** With the key of another certificate every handshake would fail, and no reader could tell why. */
    private static void requirePair(Path certificate, Path key) throws IOException, GeneralSecurityException {
        PublicKey its;
        try (InputStream chain = Files.newInputStream(certificate)) {
            its = CertificateFactory.getInstance("X.509")
                    .generateCertificate(chain)
                    .getPublicKey();
        }
        String algorithm = SIGNATURES.get(its.getAlgorithm());
        if (algorithm == null) {
            return; // one that we cannot try
        }
        Matcher pem = PRIVATE_KEY.matcher(Files.readString(key, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new InvalidKeyException("there is no private key in " + key);
        }
        byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(
                KeyFactory.getInstance(its.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        byte[] signed = signature.sign();
        signature.initVerify(its);
        if (!signature.verify(signed)) {
            throw new InvalidKeyException("the key is of another certificate");
        }
    }

    /** Tells a line of each request. Called by many threads; must return soon. */
    public HubServer accessLog(Consumer<String> line) {
        return new HubServer(roots, address, open, tokens, tls, Optional.of(line));
    }

    /**
     * Begins to listen; returns at once.
     *
     * @param port 0 for any free one
     * @throws IOException if nobody may listen there
     * @throws IllegalArgumentException if everybody could read, and nobody said so
     */
    public RunningHub start(int port) throws IOException {
        if (!address.isLoopbackAddress() && tokens.isEmpty() && !open) {
            throw new IllegalArgumentException(
                    "whoever reaches " + address.getHostAddress()
                            + " could read everything: give the option \"token-file\", or the option \"open\" if that is meant");
        }
        List<Dialect> dialects = Dialects.installed();
        PublishedShelf shelf =
                new PublishedShelf(roots, dialects, Runtime.getRuntime().maxMemory() / 4);
        AtomicReference<HttpFront> front = new AtomicReference<>();
        Supplier<HttpFront> running = front::get;
        HttpFront started = HttpFront.start(
                new HttpFront.Options(
                        address,
                        port,
                        tls,
                        MOST_CONNECTIONS,
                        LARGEST_BODY,
                        WORKERS + shelf.mostHanging(),
                        Duration.ZERO,
                        0,
                        PATIENCE,
                        SILENCE),
                new HubService(shelf, dialects, tokens, log, running));
        front.set(started);
        new Threads().start("sync-serve-look", () -> lookAround(shelf, started));
        return new RunningHub(started);
    }

    /** So that whoever asks need not wait for what was never read, nor for a look through all roots. */
    private static void lookAround(PublishedShelf shelf, HttpFront front) {
        do {
            try {
                shelf.warmUp();
            } catch (RuntimeException e) {
                System.getLogger(HubServer.class.getName())
                        .log(System.Logger.Level.WARNING, "looking through the roots failed; it is tried again", e);
            }
        } while (!front.isEndingWithin(BETWEEN_LOOKS));
        shelf.close();
    }
}
