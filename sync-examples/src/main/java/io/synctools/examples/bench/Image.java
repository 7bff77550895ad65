package io.synctools.examples.bench;

import io.synctools.examples.hub.OciLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * An image for two platforms, each with one layer of random bytes.
 *
 * @param blobs layers and configs
 * @param manifests one for each platform
 * @param index names the manifests
 */
record Image(List<Part> blobs, List<Part> manifests, Part index) {
    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    /** Something that a registry keeps. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(String type, byte[] bytes) {
        String digest() {
            return OciLayout.digestOf(bytes);
        }

        private String descriptor() {
            return "\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d".formatted(type, digest(), bytes.length);
        }
    }

    /** The same image for the same seed. */
    static Image random(long seed, int layerBytes) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<Part> blobs = new ArrayList<>();
        List<Part> manifests = new ArrayList<>();
        List<String> platforms = new ArrayList<>();
        for (String architecture : List.of("amd64", "arm64")) {
            byte[] plain = new byte[layerBytes];
            random.nextBytes(plain);
            Part layer = new Part(LAYER, gzip(plain));
            Part config = text(CONFIG, """
                    {"architecture":"%s","os":"linux","config":{},"history":[{"created":"2026-01-01T00:00:00Z"}],\
                    "rootfs":{"type":"layers","diff_ids":["%s"]}}""".formatted(architecture, OciLayout.digestOf(plain)));
            Part manifest = text(MANIFEST, """
                    {"schemaVersion":2,"mediaType":"%s","config":{%s},"layers":[{%s}]}""".formatted(MANIFEST, config.descriptor(), layer.descriptor()));
            blobs.addAll(List.of(layer, config));
            manifests.add(manifest);
            platforms.add("""
                    {%s,"platform":{"architecture":"%s","os":"linux"}}""".formatted(manifest.descriptor(), architecture));
        }
        return new Image(blobs, manifests, text(INDEX, """
                {"schemaVersion":2,"mediaType":"%s","manifests":[%s]}""".formatted(INDEX, String.join(",", platforms))));
    }

    private static Part text(String type, String text) {
        return new Part(type, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }
}
