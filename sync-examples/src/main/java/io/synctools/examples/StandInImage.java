package io.synctools.examples;

import io.synctools.examples.hub.OciLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Lays small images for two platforms into an OCI layout: right in form, the same for the same name and tag. */
final class StandInImage {
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final int BLOCK = 512;

    private StandInImage() {}

    /** Lays an image under a tag, unless the tag is there. */
    static void lay(OciLayout layout, String name, String tag) throws IOException {
        if (layout.digest(tag).isPresent()) {
            return;
        }
        List<String> platforms = new ArrayList<>();
        for (String architecture : List.of("amd64", "arm64")) {
            byte[] tar = tar("etc/stand-in", name + ":" + tag + " for " + architecture + "\n");
            byte[] layer = gzip(tar);
            byte[] config = bytes("{\"architecture\":\"" + architecture + "\",\"os\":\"linux\",\"config\":{},"
                    + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + OciLayout.digestOf(tar) + "\"]},"
                    + "\"history\":[{\"created\":\"2026-01-01T00:00:00Z\",\"created_by\":\"quickstart\"}]}");
            byte[] manifest = bytes("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":{"
                    + descriptor(CONFIG, config) + "},\"layers\":[{" + descriptor(LAYER, layer) + "}]}");
            layout.put(layer);
            layout.put(config);
            layout.put(manifest);
            platforms.add("{" + descriptor(MANIFEST, manifest) + ",\"platform\":{\"architecture\":\"" + architecture
                    + "\",\"os\":\"linux\"}}");
        }
        layout.tag(
                tag,
                INDEX,
                bytes("{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":["
                        + String.join(",", platforms) + "]}"));
    }

    private static String descriptor(String type, byte[] content) {
        return "\"mediaType\":\"" + type + "\",\"digest\":\"" + OciLayout.digestOf(content) + "\",\"size\":"
                + content.length;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** An archive of one file, in the form that every tar reads. */
    private static byte[] tar(String path, String text) {
        byte[] content = bytes(text);
        byte[] archive = new byte[BLOCK * 4]; // header, content, and two empty blocks that end it
        String header = path + "\0".repeat(100 - path.length()) + "0000644\0" + "0000000\0" + "0000000\0"
                + "%011o\0".formatted(content.length) + "00000000000\0" + " ".repeat(8) + "0"
                + "\0".repeat(100) + "ustar\0" + "00";
        byte[] head = bytes(header);
        int sum = 0;
        for (byte each : head) {
            sum += each & 0xff;
        }
        System.arraycopy(head, 0, archive, 0, head.length);
        System.arraycopy(bytes("%06o\0 ".formatted(sum)), 0, archive, 148, 8);
        System.arraycopy(content, 0, archive, BLOCK, content.length);
        return archive;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        }
        return packed.toByteArray();
    }
}
