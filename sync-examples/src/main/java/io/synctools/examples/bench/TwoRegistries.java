package io.synctools.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Two registries, each behind a door, and a repository in the first with tags that the second shall have. Used by one thread.
 */
final class TwoRegistries implements Closeable {
    /** What the old jobs' {@code skopeo sync} appends to a destination, and so the repository's last name at both ends. */
    private static final String REPOSITORY = "bench/cann";

    private static final int LAYER = 256 << 10;

    private final Registry source;
    private final Registry destination;
    private final Door from;
    private final Door to;
    private final Map<String, Image> tags = new TreeMap<>();

    private TwoRegistries(Place place, Duration latency) throws IOException {
        source = Registry.start(place.folder().resolve("source"));
        destination = Registry.start(place.folder().resolve("destination"));
        from = Door.before(source.port(), latency);
        to = Door.before(destination.port(), latency);
    }

    /** Starts both, with so many tags of so many different images in the source. */
    static TwoRegistries start(Place place, Duration latency, int tags, int images) throws IOException {
        TwoRegistries both = new TwoRegistries(place, latency);
        try {
            both.fill(tags, images);
            return both;
        } catch (IOException e) {
            both.close();
            throw e;
        }
    }

    private void fill(int count, int images) throws IOException {
        RegistryClient client = RegistryClient.of(source.authority(), REPOSITORY);
        List<Image> pushed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i < images) {
                pushed.add(Image.random(i, LAYER));
                client.push(pushed.get(i), tag(i));
            } else {
                client.tag(pushed.get(i % images), tag(i));
            }
            tags.put(tag(i), pushed.get(i % images));
        }
    }

    /** Brings all tags to the destination, as if they had been copied before. */
    void fillDestination() throws IOException {
        RegistryClient client = RegistryClient.of(destination.authority(), REPOSITORY);
        Set<Image> there = new HashSet<>();
        for (Map.Entry<String, Image> tag : tags.entrySet()) {
            if (there.add(tag.getValue())) {
                client.push(tag.getValue(), tag.getKey());
            } else {
                client.tag(tag.getValue(), tag.getKey());
            }
        }
    }

    /** Takes everything from the destination. */
    void emptyDestination() throws IOException {
        destination.empty();
    }

    /** Host, port and path of the source, through its door. */
    String from() {
        return from.authority() + "/" + REPOSITORY;
    }

    /** Host, port and path of the destination, through its door. */
    String to() {
        return to.authority() + "/" + REPOSITORY;
    }

    Set<String> tags() {
        return tags.keySet();
    }

    /** What the source's tags name, in the order of the tags. */
    List<String> digests() {
        return tags.values().stream().map(image -> image.index().digest()).toList();
    }

    /** Throws unless the destination has every tag; a registry takes no list without all that it names. */
    void check() throws IOException {
        RegistryClient client = RegistryClient.of(destination.authority(), REPOSITORY);
        for (Map.Entry<String, Image> tag : tags.entrySet()) {
            String digest = client.digest(tag.getKey());
            if (!digest.equals(tag.getValue().index().digest())) {
                throw new IOException("the destination's " + tag.getKey() + " is " + digest);
            }
        }
    }

    /** Requests that passed both doors. */
    long requests() {
        return from.requests() + to.requests();
    }

    /** Connections through both doors. */
    long connections() {
        return from.connections() + to.connections();
    }

    @Override
    public void close() throws IOException {
        from.close();
        to.close();
        source.close();
        destination.close();
    }

    private static String tag(int number) {
        return "v1." + number;
    }
}
