package io.synctools.internal.http;

import io.synctools.internal.retry.Incidents;
import io.synctools.spi.RequestMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests made on behalf of one item, the body bytes that no receiver sees, and what
 * sources have to tell people, on whichever threads work
 * for it.
 *
 * <p>The engine binds an item's tally to a thread while that thread works for the item; whoever hands work to another
 * thread binds it there too. Thread-safe.
 */
public final class ItemMeter implements RequestMeter {
    private static final ThreadLocal<ItemMeter> CURRENT = ThreadLocal.withInitial(ItemMeter::new);

    private final Incidents incidents;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong wasted = new AtomicLong();
    private final Map<String, String> notes = new ConcurrentHashMap<>();
    private final Queue<String> itemNotes = new ConcurrentLinkedQueue<>();
    private volatile String host = "";
    private final Set<String> others = new ConcurrentSkipListSet<>();

    /** A tally of nothing yet, of an item that nobody listens to. */
    public ItemMeter() {
        this(Incidents.NONE);
    }

    /** @param incidents hears of each request, pause and try while this is bound */
    public ItemMeter(Incidents incidents) {
        this.incidents = incidents;
    }

    /** The tally of the item that this thread works for; one that nobody reads where none is bound. */
    public static ItemMeter current() {
        return CURRENT.get();
    }

    /** Binds this tally to the calling thread until the returned scope is closed. */
    public Scope bind() {
        ItemMeter before = CURRENT.get();
        CURRENT.set(this);
        Incidents heard = Incidents.bind(incidents);
        return () -> {
            CURRENT.set(before);
            Incidents.bind(heard);
        };
    }

    /** One HTTP request was sent; redirects and token requests count too. */
    @Override
    public void request() {
        requests.incrementAndGet();
    }

    /**
     * That many body bytes of a file came over the network and were thrown away: a server ignored a range. Less than
     * nothing where a receiver sees more bytes than travelled, since they came packed.
     */
    public void wasted(long bytes) {
        wasted.addAndGet(bytes);
    }

    /** The hub or registry that answered, as {@code host} or {@code host:port} where the port is not the scheme's own. */
    @Override
    public void servedBy(String authority) {
        host = authority;
    }

    /** A host that it named, which gave bytes of files or told of them. */
    public void alsoServedBy(String authority) {
        others.add(authority);
    }

    /** Something that people should read about the item, which its source saw. */
    @Override
    public void note(String text) {
        itemNotes.add(text);
    }

    /** What was noted of the item since this was asked last. */
    public List<String> takeNotes() {
        List<String> taken = new ArrayList<>();
        for (String note = itemNotes.poll(); note != null; note = itemNotes.poll()) {
            taken.add(note);
        }
        return taken;
    }

    /** Something that people should read about how an entry came; the last word counts. */
    public void note(String entry, String text) {
        notes.put(entry, text);
    }

    /** What was noted of an entry since the last call. */
    public Optional<String> takeNote(String entry) {
        return Optional.ofNullable(notes.remove(entry));
    }

    /** Requests so far. */
    public long requests() {
        return requests.get();
    }

    /** Wasted bytes so far; they add to what the receivers count. */
    public long wasted() {
        return wasted.get();
    }

    /** Who answered last, and behind it, after commas, the others who did; empty before the first answer. */
    public String host() {
        StringBuilder hosts = new StringBuilder(host);
        for (String other : others) {
            if (!other.equals(host) && !other.isEmpty()) {
                hosts.append(hosts.isEmpty() ? "" : ", ").append(other);
            }
        }
        return hosts.toString();
    }

    /** A binding that ends when closed. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
