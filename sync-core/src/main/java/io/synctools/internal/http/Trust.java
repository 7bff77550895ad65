package io.synctools.internal.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authorities of this machine's Java and those of a PEM file ({@code SSL_CERT_FILE}).
 *
 * @param manager decides whom to trust
 * @param sockets makes TLS sockets that ask the manager
 */
record Trust(X509TrustManager manager, SSLSocketFactory sockets) {

    /** What a program's own context trusts: it asks its managers, and this one nobody. */
    static Trust of(SSLContext context) {
        return new Trust(new Nobody(), context.getSocketFactory());
    }

    /** OkHttp wants a manager beside the sockets, and asks it nothing that the sockets do not decide. */
    private static final class Nobody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("the program's SSLContext decides whom to trust");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /**
     * Adds a PEM file to what Java trusts.
     *
     * @throws IllegalArgumentException if the file cannot be used, saying why
     */
    static Trust with(Path pem) {
        return with(List.of(pem), "SSL_CERT_FILE=");
    }

    /**
     * Adds PEM files to what Java trusts.
     *
     * @param name says in messages who named them
     * @throws IllegalArgumentException if one cannot be used, saying why
     */
    static Trust with(List<Path> pems, String name) {
        Path pem = pems.get(0);
        try {
            KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            int number = 0;
            for (X509Certificate certificate : manager(null).getAcceptedIssuers()) {
                all.setCertificateEntry("system-" + number++, certificate);
            }
            for (Path one : pems) {
                pem = one;
                for (Certificate certificate : read(one)) {
                    all.setCertificateEntry("file-" + number++, certificate);
                }
            }
            X509TrustManager manager = manager(all);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            return new Trust(manager, context.getSocketFactory());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    name + pem + " is not a readable file of PEM certificates: " + e.getMessage(), e);
        }
    }

    private static Collection<? extends Certificate> read(Path pem) throws IOException, GeneralSecurityException {
        // All at once: the parser reads byte by byte.
        try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(pem))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    private static X509TrustManager manager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Stream.of(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("this Java has no X.509 trust manager"));
    }
}
