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
import java.util.stream.IntStream;

/**
 * Two registries, each behind a door, and repositories in the first with tags that the second shall have, all with the same
 * tags. Used by one thread.
 */
final class RegistryPair implements Closeable {
    /** What the old jobs' {@code skopeo sync} appends to a destination, and so the repository's last name at both ends. */
    private static final String REPOSITORY = "bench/cann";

    private static final int LAYER = 256 << 10;

    private final Registry source;
    private final Registry destination;
    private final Door from;
    private final Door to;
    private final List<String> repositories;
    private final Map<String, Image> tags = new TreeMap<>();

    private RegistryPair(BenchSetup place, Duration latency, List<String> repositories) throws IOException {
        this.repositories = repositories;
        source = Registry.start(place.folder().resolve("source"));
        destination = Registry.start(place.folder().resolve("destination"));
        from = Door.before(source.port(), latency);
        to = Door.before(destination.port(), latency);
    }

    /** Starts both, with so many tags of so many different images in a repository of the source. */
    static RegistryPair start(BenchSetup place, Duration latency, int tags, int images) throws IOException {
        return start(place, latency, List.of(REPOSITORY), tags, images);
    }

    /** The same with that in each of so many repositories. */
    static RegistryPair start(BenchSetup place, Duration latency, int repositories, int tags, int images)
            throws IOException {
        List<String> names =
                IntStream.range(0, repositories).mapToObj(i -> "bench/cann" + i).toList();
        return start(place, latency, names, tags, images);
    }

    private static RegistryPair start(
            BenchSetup place, Duration latency, List<String> repositories, int tags, int images) throws IOException {
        RegistryPair both = new RegistryPair(place, latency, repositories);
        try {
            both.fill(tags, images);
            return both;
        } catch (IOException e) {
            both.close();
            throw e;
        }
    }

    private void fill(int count, int images) throws IOException {
        List<Image> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i < images) {
                made.add(Image.random(i, LAYER));
            }
            tags.put(tag(i), made.get(i % images));
        }
        for (String repository : repositories) {
            fill(RegistryClient.of(source.authority(), repository));
        }
    }

    /** Brings all tags to the destination, as if they had been copied before. */
    void fillDestination() throws IOException {
        for (String repository : repositories) {
            fill(RegistryClient.of(destination.authority(), repository));
        }
    }

    private void fill(RegistryClient client) throws IOException {
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

    /** Host, port and path of the only or first source, through its door. */
    String from() {
        return sources().get(0);
    }

    /** Host, port and path of its destination, through its door. */
    String to() {
        return destinations().get(0);
    }

    /** Host, port and path of all sources. */
    List<String> sources() {
        return repositories.stream().map(name -> from.authority() + "/" + name).toList();
    }

    /** Host, port and path of all destinations, in the same order. */
    List<String> destinations() {
        return repositories.stream().map(name -> to.authority() + "/" + name).toList();
    }

    Set<String> tags() {
        return tags.keySet();
    }

    /** What a source's tags name, in the order of the tags. */
    List<String> digests() {
        return tags.values().stream().map(image -> image.index().digest()).toList();
    }

    /** Throws unless the destination has every tag; a registry takes no list without all that it names. */
    void check() throws IOException {
        for (String repository : repositories) {
            check(RegistryClient.of(destination.authority(), repository));
        }
    }

    private void check(RegistryClient client) throws IOException {
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
